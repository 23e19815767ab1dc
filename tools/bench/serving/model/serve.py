import json
import os
from pathlib import Path

import joblib
import numpy

COLUMNS = ["a", "b", "c", "d"]
requests, answers = os.fdopen(3), os.fdopen(4, "w")


def say(message):
    answers.write(json.dumps(message) + "\n")
    answers.flush()


model = joblib.load(Path(os.environ["SLIPWAY_MODEL"]) / "model.joblib")
say({"ready": True})
for line in requests:
    request = json.loads(line)
    rows = numpy.array([[row[name] for name in COLUMNS] for row in request["rows"]])
    say({"id": request["id"], "predictions": model.predict(rows).tolist()})
