import os
from pathlib import Path

import joblib

import rows

saved = joblib.load(Path(os.environ["SLIPWAY_MODEL"]) / "model.joblib")
patients = rows.read("SLIPWAY_FEATURES")
predicted = saved["model"].predict(rows.matrix(patients, saved["features"]))
rows.write(
    "SLIPWAY_PREDICTIONS",
    ["slipway_id", "prediction"],
    [(patient["slipway_id"], float(value)) for patient, value in zip(patients, predicted)],
)
