# KServe's Python server for the model of test/fixtures/served-penguins: python kserve_server.py FOLDER PORT
import json
import sys
from pathlib import Path

import kserve
from kserve.protocol.infer_type import InferOutput, InferRequest, InferResponse

FOLDER, PORT = sys.argv[1:]


class Cut(kserve.Model):
    def load(self):
        self.cut = json.loads((Path(FOLDER) / "artifacts" / "cut.json").read_text())["cut"]
        self.ready = True
        return self.ready

    def species(self, bills):
        return ["Adelie" if bill < self.cut else "Gentoo" for bill in bills]

    def predict(self, payload, headers=None, response_headers=None):
        if not isinstance(payload, InferRequest):
            return {"predictions": self.species(row["bill"] for row in payload["instances"])}
        bills = next(each for each in payload.inputs if each.name == "bill").as_numpy().flatten().tolist()
        species = self.species(bills)
        output = InferOutput("prediction", [len(species)], "BYTES", species)
        return InferResponse(payload.id, self.name, [output], model_version="1")

    def get_input_types(self):
        return [{"name": name, "datatype": kind, "shape": [-1]} for name, kind in COLUMNS.items()]

    def get_output_types(self):
        return [{"name": "prediction", "datatype": "BYTES", "shape": [-1]}]


COLUMNS = {"bill": "FP64", "year": "INT64", "island": "BYTES", "ringed": "BOOL"}

model = Cut("penguins")
model.load()
kserve.ModelServer(http_port=int(PORT), enable_grpc=False, workers=1).start([model])
