import json
import os
from pathlib import Path

import joblib
import numpy as np
from sklearn.linear_model import Ridge
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

import rows

params = json.loads(Path(os.environ["SLIPWAY_PARAMS"]).read_text())
train = rows.read("SLIPWAY_TRAIN_DATA")
inputs = rows.matrix(train, params["features"])
target = rows.matrix(train, ["progression"]).ravel()

model = make_pipeline(
    StandardScaler(),
    PolynomialFeatures(degree=params["degree"], interaction_only=True, include_bias=False),
    StandardScaler(),
    Ridge(alpha=params["alpha"]),
)
scores = cross_val_score(model, inputs, target, cv=5, scoring="r2")
print(f"R² in 5-fold cross-validation: {np.mean(scores):.3f}")

model.fit(inputs, target)
# joblib comes with scikit-learn. Loading it runs code, which is no new trust here: predict.py is ours, too.
joblib.dump({"features": params["features"], "model": model}, Path(os.environ["SLIPWAY_MODEL"]) / "model.joblib")
