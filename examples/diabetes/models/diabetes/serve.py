import json
import os
from pathlib import Path

import joblib

import rows

saved = joblib.load(Path(os.environ["SLIPWAY_MODEL"]) / "model.joblib")
with os.fdopen(3, encoding="utf-8") as requests, os.fdopen(4, "w", encoding="utf-8") as answers:
    print('{"ready":true}', file=answers, flush=True)
    for line in requests:
        request = json.loads(line)
        predicted = saved["model"].predict(rows.matrix(request["rows"], saved["features"]))
        print(json.dumps({"id": request["id"], "predictions": predicted.tolist()}), file=answers, flush=True)
