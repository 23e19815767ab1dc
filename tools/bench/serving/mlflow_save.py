# Saves a joblib file as an MLflow model, in MLflow's own form: save(joblib file, folder).
import sys

import joblib
import mlflow.sklearn
import pandas

source, folder = sys.argv[1:]
model = joblib.load(source)
example = pandas.DataFrame([[0.1, 0.2, 0.3, 0.4]], columns=["a", "b", "c", "d"])
mlflow.sklearn.save_model(
    model, folder, signature=mlflow.models.infer_signature(example, model.predict(example)), serialization_format="pickle"
)
