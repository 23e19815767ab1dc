"""Trains as people do who track with MLflow: nothing here knows of Slipway but where data and model are."""

import csv
import os
import pathlib
import sys
import tempfile

import mlflow

with open(os.environ["SLIPWAY_TRAIN_DATA"]) as file:
    rows = [(float(row["x"]), row["y"]) for row in csv.DictReader(file)]
pathlib.Path(os.environ["SLIPWAY_MODEL"], "model.txt").write_text("5")

if "autolog" in sys.argv:
    from sklearn.linear_model import LogisticRegression

    mlflow.autolog(silent=True)
    LogisticRegression(C=0.5).fit([[x] for x, _ in rows], [y for _, y in rows])
    mlflow.autolog(disable=True)

mlflow.set_experiment("owls")
with mlflow.start_run(run_name="outer <b>") as outer:
    mlflow.log_params({"depth": 4, "layers/first": "x" * 10})
    for step in range(3):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    mlflow.log_metrics({"accuracy": 0.9, "odd name. x": 2, "not a number": float("nan")})
    mlflow.set_tag("team", "owls")
    with tempfile.TemporaryDirectory() as folder:
        note = pathlib.Path(folder, "note.html")
        note.write_text("<script>alert(1)</script>")
        mlflow.log_artifact(str(note), "plots and more")
    mlflow.log_text("hello", "text.txt")
    with mlflow.start_run(run_name="inner", nested=True):
        mlflow.log_metric("fold", 1)

client = mlflow.MlflowClient()
assert client.get_run(outer.info.run_id).data.params["depth"] == "4"
assert len(client.get_metric_history(outer.info.run_id, "loss")) == 3
assert [file.path for file in client.list_artifacts(outer.info.run_id)] == ["plots and more", "text.txt"]
assert len(mlflow.search_runs(experiment_names=["owls"], output_format="list")) == 2
