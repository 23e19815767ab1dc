import { z } from "zod";
import { JSON_LENGTH, partBody, withBinaryData } from "./binary-tensors.ts";
import { utf8 } from "./body.ts";
import { errorField } from "./error-field.ts";
import { jsonRequest, parsed } from "./json-request.ts";
import { type Call, endpointOf, isReady, type Reply, type Route, versionOf } from "./route.ts";
import { Fields, listOf, MOST_COLUMNS, mostRows } from "./size.ts";
import { described, InputTensor, refuseLong, rowsOfTensors, tensorsOf } from "./tensors.ts";

const InferRequest = z.object({
  id: z.string().max(1_000).nullish(),
  parameters: Fields.nullish(),
  inputs: listOf(InputTensor, 1, MOST_COLUMNS),
  outputs: listOf(z.object({ name: z.string().max(1_000) }), 0, MOST_COLUMNS).nullish(),
});

/** The Open Inference Protocol, version 2, as KServe, Triton, MLServer and their clients speak it. */
export function openInference(serverVersion: string): Route[] {
  const about = { refuse: errorField };
  const MODEL = "/v2/models/:model";
  const VERSION = `${MODEL}/versions/:version`;
  return [
    {
      ...{ ...about, method: "GET", path: "/v2", name: "v2.server" },
      answer: () => ({ body: { name: "slipway", version: serverVersion, extensions: ["binary_tensor_data"] } }),
    },
    {
      ...{ ...about, method: "GET", path: "/v2/health/live", name: "v2.live", isOpen: true },
      answer: () => ({ body: { live: true } }),
    },
    {
      ...{ ...about, method: "GET", path: "/v2/health/ready", name: "v2.ready", isOpen: true },
      answer: ({ serving }) => {
        const ready = serving.ready();
        return { status: ready ? 200 : 503, body: { ready } };
      },
    },
    {
      ...{ ...about, method: "GET", path: "/v2/models", name: "v2.models" },
      answer: ({ serving }) => ({ body: { models: serving.endpoints().map(({ model }) => model) } }),
    },
    ...[MODEL, VERSION].flatMap<Route>((path) => [
      { ...about, method: "GET", path, name: "v2.model", answer: metadata },
      { ...about, method: "GET", path: `${path}/ready`, name: "v2.model.ready", isOpen: true, answer: modelReady },
      { ...about, method: "POST", path: `${path}/infer`, name: "v2.infer", answer: infer },
    ]),
  ];
}

function metadata(call: Call): Reply {
  const endpoint = endpointOf(call.serving, call.param("model"));
  const { signature } = versionOf(endpoint, call.param("version"));
  const versions = [endpoint.live, ...endpoint.beside].flatMap((each) => (each ? [String(each.version)] : []));
  return {
    body: {
      name: endpoint.model,
      versions,
      platform: "slipway",
      inputs: described(signature.inputs),
      outputs: described(signature.outputs),
    },
  };
}

function modelReady(call: Call): Reply {
  const { model, live, beside } = endpointOf(call.serving, call.param("model"));
  const named = call.param("version");
  const asked = named === undefined ? live : [live, ...beside].find((each) => String(each?.version) === named);
  const ready = asked !== undefined && isReady(asked);
  return { status: ready ? 200 : 503, body: { name: model, ready } };
}

/** As JSON, or as JSON with numbers behind it. */
async function inferRequest(call: Call, most: number): Promise<z.infer<typeof InferRequest>> {
  const length = call.header(JSON_LENGTH);
  if (length === undefined) {
    const request = await jsonRequest(call, InferRequest);
    refuseLong(request.inputs, most);
    return request;
  }
  const { json, rest } = partBody(await call.bytes(), length);
  const request = parsed(utf8(json), InferRequest);
  refuseLong(request.inputs, most);
  return { ...request, inputs: withBinaryData(request.inputs, rest) };
}

async function infer(call: Call): Promise<Reply> {
  const endpoint = endpointOf(call.serving, call.param("model"));
  const named = call.param("version");
  const version = named === undefined ? undefined : versionOf(endpoint, named).version;
  const { id, inputs, outputs } = await inferRequest(call, mostRows(call, endpoint.model));
  const rows = rowsOfTensors(inputs);
  const answer = await call.ask({ model: endpoint.model, rows, ...(version === undefined ? {} : { version }) });
  const wanted = outputs?.length ? outputs.map(({ name }) => name) : undefined;
  return {
    body: {
      model_name: answer.version.model,
      model_version: String(answer.version.version),
      id: id ?? answer.id,
      outputs: tensorsOf(answer.predictions, answer.version.signature.outputs, wanted),
    },
  };
}
