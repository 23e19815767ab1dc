# KServe's client asks for two penguins, as NumPy's arrays: python kserve_client.py URL
import asyncio
import json
import sys

import numpy
from kserve import InferenceRESTClient, InferInput, InferRequest, RESTConfig

URL = sys.argv[1]
COLUMNS = {
    "bill": ("FP64", numpy.array([39.1, 47.5])),
    "year": ("INT64", numpy.array([2007, 2008])),
    "island": ("BYTES", numpy.array(["Dream", "Biscoe"], dtype=object)),
    "ringed": ("BOOL", numpy.array([True, False])),
}


async def main():
    client = InferenceRESTClient(RESTConfig(protocol="v2"))
    said = {"live": await client.is_server_live(URL), "ready": await client.is_model_ready(URL, "penguins")}
    for is_binary in [False, True]:
        inputs = []
        for name, (datatype, values) in COLUMNS.items():
            inputs.append(InferInput(name, [2], datatype))
            inputs[-1].set_data_from_numpy(values, binary_data=is_binary)
        answer = await client.infer(URL, InferRequest("penguins", inputs), model_name="penguins")
        said["bytes" if is_binary else "json"] = answer.outputs[0].data
    print(json.dumps(said))


asyncio.run(main())
