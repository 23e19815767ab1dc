# Fills MLflow's registry through its own store: the rows are its own, in one transaction, since 10,000 calls would take
# minutes. Arguments: the store's URI, models, versions of each.
import sys
import time

from mlflow.store.model_registry.dbmodels.models import SqlModelVersion, SqlRegisteredModel
from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore

uri, models, versions = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
store = SqlAlchemyStore(uri)
now = int(time.time() * 1000)
with store.ManagedSessionMaker() as session:
    for at in range(models):
        name = f"model-{at:05d}"
        about = {"name": name, "creation_time": now, "last_updated_time": now}
        session.add(SqlRegisteredModel(**about))
        for version in range(1, versions + 1):
            source = f"mlflow-artifacts:/registry/{name}/{version}"
            session.add(SqlModelVersion(**about, version=version, source=source, storage_location=source))
assert store.get_model_version("model-00000", versions).status == "READY"
