# A linear model on four columns.
import csv
import json
import os
from pathlib import Path

import joblib
from sklearn.linear_model import LogisticRegression

COLUMNS = ["a", "b", "c", "d"]
params = json.loads(Path(os.environ["SLIPWAY_PARAMS"]).read_text())
rows = list(csv.DictReader(open(os.environ["SLIPWAY_TRAIN_DATA"])))
model = LogisticRegression(C=params["c"], max_iter=1000)
model.fit([[float(row[name]) for name in COLUMNS] for row in rows], [row["kind"] for row in rows])
joblib.dump(model, Path(os.environ["SLIPWAY_MODEL"]) / "model.joblib")
