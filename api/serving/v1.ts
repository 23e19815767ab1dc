import { z } from "zod";
import { errorField } from "./error-field.ts";
import { instanceRows } from "./instances.ts";
import { jsonRequest } from "./json-request.ts";
import { plainPredictions } from "./plain-predictions.ts";
import { RefusedRequest } from "./refusal.ts";
import { endpointOf, isReady, type Route } from "./route.ts";
import { List, mostRows } from "./size.ts";

/** KServe's first protocol, which is TensorFlow Serving's. */
export const KSERVE_V1: readonly Route[] = [
  {
    ...{ method: "GET", path: "/v1/models", name: "v1.models", refuse: errorField },
    answer: ({ serving }) => ({ body: { models: serving.endpoints().map(({ model }) => model) } }),
  },
  {
    ...{ method: "GET", path: "/v1/models/:model", name: "v1.model", isOpen: true, refuse: errorField },
    answer: ({ serving, param }) => {
      const { model, live } = endpointOf(serving, param("model"));
      const ready = live !== undefined && isReady(live);
      return { status: ready ? 200 : 503, body: { name: model, ready } };
    },
  },
  {
    ...{ method: "POST", path: "/v1/models/:call", name: "v1.predict", refuse: errorField },
    answer: async (call) => {
      const [, name, verb] = /^(.*):(\w+)$/.exec(call.param("call") ?? "") ?? [];
      if (name === undefined || verb !== "predict")
        throw new RefusedRequest(404, "There is no such endpoint; expected /v1/models/<model>:predict.");
      const { model } = endpointOf(call.serving, name);
      const { instances } = await jsonRequest(call, z.object({ instances: List }));
      return {
        body: plainPredictions(await call.ask({ model, rows: instanceRows(instances, mostRows(call, model)) })),
      };
    },
  },
];
