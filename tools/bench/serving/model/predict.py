import csv
import os
from pathlib import Path

import joblib

COLUMNS = ["a", "b", "c", "d"]
model = joblib.load(Path(os.environ["SLIPWAY_MODEL"]) / "model.joblib")
rows = list(csv.DictReader(open(os.environ["SLIPWAY_FEATURES"])))
answers = model.predict([[float(row[name]) for name in COLUMNS] for row in rows])
with open(os.environ["SLIPWAY_PREDICTIONS"], "w", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["slipway_id", "prediction"])
    writer.writerows([row["slipway_id"], answer] for row, answer in zip(rows, answers))
