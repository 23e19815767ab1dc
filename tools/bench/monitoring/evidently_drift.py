"""Times Evidently's preset for drift on two Parquet files, in seconds, as JSON."""

import json
import sys
import time
import warnings

warnings.simplefilter("ignore")

import pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset


def main():
    columns = json.loads(sys.argv[3])
    reference = pd.read_parquet(sys.argv[1], columns=columns)
    current = pd.read_parquet(sys.argv[2], columns=columns)
    start = time.perf_counter()
    found = Report([DataDriftPreset()]).run(current, reference).dict()
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "metrics": len(found["metrics"])}))


main()
