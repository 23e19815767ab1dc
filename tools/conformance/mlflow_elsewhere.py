"""Registers in one server what was logged to another: python mlflow_elsewhere.py <tracking> <registry> <whole|skinny> <model> <bytes|address>

`tracking` is MLflow's own server, `registry` is Slipway's, which brings the bytes or knows their address alone. Prints `ok …`
for each step that holds.
"""

import os
import sys
import tempfile

tracking, registry, client_kind, name, known_by = sys.argv[1:]
import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

mlflow.set_tracking_uri(tracking)
mlflow.set_registry_uri(registry)
client = MlflowClient()


def step(title, holds, found=""):
    if not holds:
        sys.exit(f"NOT SO: {title}: {found}")
    print(f"ok {title}")


def answer(uri):
    """What a loaded model says; of a client without pandas, what its files say."""
    if client_kind == "skinny":
        folder = mlflow.artifacts.download_artifacts(artifact_uri=uri, dst_path=tempfile.mkdtemp())
        return open(os.path.join(folder, "weights.txt")).read()
    return mlflow.pyfunc.load_model(uri).predict(["x"])[0]


def log(value, **kwargs):
    """A run with a model that always answers `value`."""
    with mlflow.start_run() as run:
        if client_kind == "skinny":
            folder = tempfile.mkdtemp()
            for path, text in {"MLmodel": "flavors: {}\n", "weights.txt": value}.items():
                with open(os.path.join(folder, path), "w") as file:
                    file.write(text)
            mlflow.log_artifacts(folder, "my_model")
            return run.info.run_id

        class Constant(mlflow.pyfunc.PythonModel):
            def predict(self, context, model_input, params=None):
                return [value]

        major = int(mlflow.__version__.split(".")[0])
        place = {"name": "my_model"} if major > 2 else {"artifact_path": "my_model"}
        mlflow.pyfunc.log_model(python_model=Constant(), pip_requirements=["mlflow"], **place, **kwargs)
        return run.info.run_id


run_id = log("first")
first = mlflow.register_model(f"runs:/{run_id}/my_model", name)
step("register_model takes a run of another server", (first.version, first.status) == ("1", "READY"), first)
step("its source comes back as it was given", client.get_model_version(name, "1").source == first.source, first)
step("a model is loaded by its number", answer(f"models:/{name}/1") == "first")
client.set_registered_model_alias(name, "champion", "1")
step("by its alias", answer(f"models:/{name}@champion") == "first")
try:
    client.transition_model_version_stage(name, "1", "Staging")
    step("by its stage", known_by == "bytes" and answer(f"models:/{name}/Staging") == "first")
except MlflowException as error:
    step("without a digest it goes to no stage", known_by == "address" and "ARTIFACT_NOT_DURABLE" in str(error), error)
if client_kind != "skinny":
    log("second", registered_model_name=name)
    step("log_model registers what it logs", answer(f"models:/{name}/2") == "second")
