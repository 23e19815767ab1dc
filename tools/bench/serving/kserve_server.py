# KServe's own Python server with a scikit-learn model in it, as its runtime for scikit-learn does it.
import argparse

import joblib
import kserve
import numpy


class Linear(kserve.Model):
    def __init__(self, name, path):
        super().__init__(name)
        self.model = joblib.load(path)
        self.ready = True

    def predict(self, payload, headers=None):
        return {"predictions": self.model.predict(numpy.array(payload["instances"])).tolist()}


parser = argparse.ArgumentParser(parents=[kserve.model_server.parser], conflict_handler="resolve")
parser.add_argument("--model")
arguments, _ = parser.parse_known_args()
kserve.ModelServer().start([Linear("linear", arguments.model)])
