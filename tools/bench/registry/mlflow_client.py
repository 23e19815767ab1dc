# Times calls of MLflow's own client against several servers in turn. Arguments: a model, a version, then the servers'
# addresses. Prints JSON: for each call, milliseconds by server.
import json
import sys
import time

from mlflow import MlflowClient

RUNS = 200
model, version, *urls = sys.argv[1:]
calls = {
    "get_registered_model": lambda client: client.get_registered_model(model),
    "get_model_version": lambda client: client.get_model_version(model, version),
    "get_model_version_by_alias": lambda client: client.get_model_version_by_alias(model, "bench"),
    "get_latest_versions": lambda client: client.get_latest_versions(model, ["None"]),
    "search_registered_models": lambda client: client.search_registered_models(max_results=100),
}
clients = [MlflowClient(registry_uri=url, tracking_uri=url) for url in urls]
taken = {name: [[] for _ in urls] for name in calls}
for name, call in calls.items():
    for run in range(RUNS + 10):
        for at, client in enumerate(clients):
            start = time.perf_counter()
            call(client)
            if run >= 10:
                taken[name][at].append((time.perf_counter() - start) * 1000)
print(json.dumps(taken))
