"""A tour of a Slipway registry with MLflow's own client: pip install mlflow, then

    slipway serve-registry &                                  # in a models repository: see docs/mlflow.md
    MLFLOW_TRACKING_URI=http://127.0.0.1:5000 python mlflow-tour.py

It expects what docs/mlflow.md sets up: the model `penguins`, whose artifact holds an MLmodel, with a good version 1 and
a worse version 2, and a policy that lets versions without an evaluation into staging. Each step says what it found, and
stops where that is not what the step promises.
"""

import os
import sys
import tempfile

import mlflow
import pandas as pd
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

mlflow.set_tracking_uri(os.environ.get("MLFLOW_TRACKING_URI", "http://127.0.0.1:5000"))
client = MlflowClient()
steps = 0


def step(title, holds, found=""):
    """One promise: printed, and counted where it holds."""
    global steps
    if not holds:
        sys.exit(f"NOT SO: {title}: {found}")
    steps += 1
    print(f"ok {steps} {title}")


def refused(code, act, *args, **kwargs):
    """The message of a call that the server has to refuse with this code."""
    try:
        found = act(*args, **kwargs)
    except MlflowException as error:
        step(f"{act.__name__} is refused with {code}", error.error_code == code, error)
        return str(error)
    sys.exit(f"NOT SO: {act.__name__} was not refused: {found}")


# What the platform trained, evaluated and registered.
penguins = client.get_registered_model("penguins")
step("get_registered_model finds the platform's model", penguins.name == "penguins", penguins)
first = client.get_model_version("penguins", "1")
step("get_model_version is READY at once", first.status == "READY" and first.current_stage == "None", first)

run = client.get_run(first.run_id)
commit = run.data.tags["mlflow.source.git.commit"]
step("its run tells parameters, metrics and the commit", len(commit) == 40 and "accuracy" in run.data.metrics, run)
found = client.search_model_versions(f"run_id = '{first.run_id}'")
step("a version is found by its run", [v.version for v in found] == ["1"], found)
files = [file.path for file in client.list_artifacts(first.run_id)]
step("the run's artifacts are the version's", "MLmodel" in files, files)

# A stage is reached through the gates, whoever asks.
live = client.transition_model_version_stage("penguins", "1", "Production", archive_existing_versions=True)
step("a version that passes the gates goes to Production", live.current_stage == "Production", live)
words = refused(
    "PERMISSION_DENIED",
    client.transition_model_version_stage,
    "penguins",
    "2",
    "Production",
    archive_existing_versions=True,
)
step("the refusal has the gate's own words", "accuracy" in words, words)
latest = client.get_latest_versions("penguins", stages=["Production"])
step("get_latest_versions finds what is live", [v.version for v in latest] == ["1"], latest)
model = mlflow.pyfunc.load_model("models:/penguins/Production")
predicted = list(model.predict(pd.DataFrame({"bill": [38.0, 50.0]})))
step("load_model('models:/penguins/Production') predicts", predicted == ["Adelie", "Gentoo"], predicted)

# Aliases, tags, descriptions.
client.set_registered_model_alias("penguins", "champion", "1")
step("an alias leads to its version", client.get_model_version_by_alias("penguins", "champion").version == "1")
model = mlflow.pyfunc.load_model("models:/penguins@champion")
step("load_model('models:/penguins@champion') loads", model is not None)
client.delete_registered_model_alias("penguins", "champion")
refused("INVALID_PARAMETER_VALUE", client.get_model_version_by_alias, "penguins", "champion")
refused("INVALID_PARAMETER_VALUE", client.set_registered_model_alias, "penguins", "latest", "1")
client.set_registered_model_tag("penguins", "team", "birds")
client.set_model_version_tag("penguins", "1", "data", 2026)
client.update_registered_model("penguins", description="Species by bill length")
client.update_model_version("penguins", "1", description="The first one")
penguins = client.get_registered_model("penguins")
step("tags and descriptions of a model", penguins.tags == {"team": "birds"} and penguins.description != "", penguins)
first = client.get_model_version("penguins", "1")
step("tags and descriptions of a version", first.tags == {"data": "2026"} and first.description == "The first one", first)
client.delete_registered_model_tag("penguins", "team")
client.delete_model_version_tag("penguins", "1", "data")
step("tags are deleted", client.get_registered_model("penguins").tags == {})

# A model of one's own: logged to a run, registered from it.
name = "Tour model"
client.create_registered_model(name, tags={"from": "the tour"}, description="Made by docs/mlflow-tour.py")
refused("RESOURCE_ALREADY_EXISTS", client.create_registered_model, name)
run = client.create_run("0", run_name="tour")
run_id = run.info.run_id
client.log_param(run_id, "trees", 50)
client.log_metric(run_id, "accuracy", 0.9)
with tempfile.TemporaryDirectory() as folder:
    code = os.path.join(folder, "answer.py")
    with open(code, "w") as file:
        file.write(
            "import mlflow\n"
            "class Answer(mlflow.pyfunc.PythonModel):\n"
            "    def predict(self, context, model_input: list[str], params=None) -> list[str]:\n"
            "        return ['42' for _ in model_input]\n"
            "mlflow.models.set_model(Answer())\n"
        )
    mlflow.pyfunc.save_model(os.path.join(folder, "model"), python_model=code, pip_requirements=["mlflow"])
    client.log_artifacts(run_id, os.path.join(folder, "model"), "model")
client.set_terminated(run_id)
run = client.get_run(run_id)
step("a run keeps parameters and metrics", run.data.params == {"trees": "50"} and run.data.metrics["accuracy"] == 0.9)
version = mlflow.register_model(f"runs:/{run_id}/model", name, tags={"made": "here"})
step("register_model('runs:/…') makes version 1", version.version == "1" and version.run_id == run_id, version)
model = mlflow.pyfunc.load_model(f"models:/{name}/1")
step("load_model('models:/…/1') predicts", model.predict(["?"]) == ["42"])
words = refused("PERMISSION_DENIED", client.transition_model_version_stage, name, "1", "Production")
step("what nobody evaluated never goes to Production", "NOT_EVALUATED" in words, words)
staged = client.transition_model_version_stage(name, "1", "staging")
step("it goes to Staging where the policy lets it", staged.current_stage == "Staging", staged)
second = mlflow.register_model(f"runs:/{run_id}/model", name)
client.transition_model_version_stage(name, second.version, "Staging", archive_existing_versions=True)
step("what is replaced is archived", client.get_model_version(name, "1").current_stage == "Archived")
back = client.transition_model_version_stage(name, second.version, "None")
step("a version leaves its stage", back.current_stage == "None" and client.get_latest_versions(name, ["Staging"]) == [])
copy = client.copy_model_version(f"models:/{name}/1", "Tour copy")
step("copy_model_version keeps its source", copy.source == f"models:/{name}/1" and copy.version == "1", copy)
model = mlflow.pyfunc.load_model("models:/Tour copy/1")
step("the copy loads", model.predict(["?"]) == ["42"])

# Search, page by page.
for number in range(5):
    client.create_registered_model(f"page-{number}", tags={"even": str(number % 2 == 0).lower()})
found = client.search_registered_models("name LIKE 'page-%' AND tags.even = 'true'", order_by=["name DESC"])
step("search_registered_models filters and orders", [m.name for m in found] == ["page-4", "page-2", "page-0"], found)
names, token = [], None
while True:
    page = client.search_registered_models("name ILIKE 'PAGE-%'", max_results=2, page_token=token)
    names += [m.name for m in page]
    token = page.token
    if not token:
        break
step("its pages hold each model once", names == [f"page-{number}" for number in range(5)], names)
versions = client.search_model_versions(f"name = '{name}' AND run_id = '{run_id}'", order_by=["version_number ASC"])
step("search_model_versions filters and orders", [v.version for v in versions] == ["1", "2"], versions)
refused("INVALID_PARAMETER_VALUE", client.search_registered_models, "name = 'a' OR name = 'b'")

# Renaming, withdrawing, deleting: new records, and nothing is lost.
client.rename_registered_model(name, "Tour, renamed")
step("a renamed model has its new name", client.get_registered_model("Tour, renamed").name == "Tour, renamed")
step("and is found by its old one", client.get_registered_model(name).name == "Tour, renamed")
client.delete_model_version("Tour, renamed", "1")
refused("RESOURCE_DOES_NOT_EXIST", client.get_model_version, "Tour, renamed", "1")
third = client.create_model_version("Tour, renamed", "s3://bucket/elsewhere")
step("a number is never used again", third.version == "3", third)
client.delete_registered_model("Tour, renamed")
refused("RESOURCE_DOES_NOT_EXIST", client.get_registered_model, "Tour, renamed")
for made in ["Tour copy", *names]:
    client.delete_registered_model(made)
left = [m.name for m in client.search_registered_models()]
step("the registry is as it was, for MLflow's clients", left == ["penguins"], left)
print(f"{steps} steps hold")
