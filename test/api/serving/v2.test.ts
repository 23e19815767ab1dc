import { describe, expect, it } from "vitest";
import type { ColumnType } from "../../../schemas/model-spec.ts";
import { answering, bySize, live, served, testFace } from "./face.ts";

const BILL = { name: "bill_length_mm", shape: [2], datatype: "FP64", data: [39.1, 47.5] };
const ISLAND = { name: "island", shape: [2], datatype: "BYTES", data: ["Dream", null] };
const INFER = "/v2/models/penguins/infer";

it("infer answers as the protocol says", async () => {
  const { post } = await testFace();
  const { status, body } = await post(INFER, { id: "7", inputs: [BILL, ISLAND] });
  expect({ status, body }).toEqual({
    status: 200,
    body: {
      ...{ model_name: "penguins", model_version: "3", id: "7" },
      outputs: [{ name: "prediction", shape: [2], datatype: "BYTES", data: ["adelie", "gentoo"] }],
    },
  });
});

it.each<[string, object]>([
  ["shape [n,1] with nested data", { shape: [2, 1], data: [[39.1], [47.5]] }],
  ["shape [n,1] with flat data", { shape: [2, 1] }],
  ["another float", { datatype: "FP32" }],
  ["whole numbers", { datatype: "INT64", data: [39, 47] }],
])("infer takes %s", async (_, change) => {
  const { post } = await testFace();
  const { body } = await post(INFER, { inputs: [{ ...BILL, ...change }, ISLAND] });
  expect(body.outputs[0].data).toEqual(["adelie", "gentoo"]);
});

it("infer takes null for what is not there", async () => {
  const { post } = await testFace();
  const sent = {
    id: null,
    parameters: null,
    outputs: null,
    model_version: null,
    inputs: [{ ...BILL, parameters: null }, ISLAND],
  };
  expect(await post(INFER, sent)).toMatchObject({ status: 200 });
});

it.each<[string, object]>([
  ["a shape that the data has not", { shape: [3] }],
  ["a matrix", { shape: [1, 2] }],
  ["another number of rows than the first", { shape: [1], data: [1] }],
  ["data deeper than its shape", { data: [[[1]], [[2]]] }],
  ["an unknown datatype", { datatype: "FP8" }],
  ["a number that the datatype has not", { datatype: "INT8", data: [1, 300] }],
  ["a fraction in a whole datatype", { datatype: "UINT64", data: [1, 1.5] }],
  ["texts in a number's datatype", { data: ["1", "2"] }],
  ["a column twice", { name: "island" }],
  ["a negative shape", { shape: [-1] }],
])("infer refuses with 400 and `error`: %s", async (_, change) => {
  const { post } = await testFace();
  const { status, body } = await post(INFER, { inputs: [ISLAND, { ...BILL, ...change }] });
  expect({ status, body }).toEqual({ status: 400, body: { error: expect.any(String) } });
});

it.each<[string, string, Record<string, string>]>([
  ["broken JSON", "{", {}],
  ["a form, as curl sends it without a header", "{}", { "content-type": "application/x-www-form-urlencoded" }],
  ["no inputs", "{}", {}],
])("infer refuses with 400: %s", async (_, body, headers) => {
  const { post } = await testFace();
  expect(await post(INFER, body, headers)).toMatchObject({ status: 400, body: { error: expect.any(String) } });
});

describe("outputs", () => {
  const program = ({ rows }: { rows: readonly unknown[] }) =>
    rows.map(() => ({ prediction: 1, proba_a: 0.25, sure: true, note: null, name: "x" }));
  const answered = async (type: ColumnType, outputs?: { name: string }[]) => {
    const version = served({ answering: answering(program) });
    const signature = { ...version.signature, outputs: [{ name: "prediction", type }] };
    const { post } = await testFace({ endpoints: [live({ ...version, signature })] });
    return (await post(INFER, { inputs: [BILL, ISLAND], outputs })).body;
  };

  it.each<[ColumnType, string, unknown]>([
    ["long", "INT64", 1],
    ["double", "FP64", 1],
    ["string", "BYTES", "1"],
  ])("have the signature's type: %s is %s", async (type, datatype, value) => {
    const { outputs } = await answered(type);
    expect(outputs[0]).toEqual({ name: "prediction", shape: [2], datatype, data: [value, value] });
  });

  it("that the signature does not name have their values' type", async () => {
    const { outputs } = await answered("long");
    const types = outputs.map(({ name, datatype }: Record<string, string>) => [name, datatype]);
    expect(Object.fromEntries(types)).toMatchObject({ proba_a: "FP64", sure: "BOOL", name: "BYTES" });
  });

  it("are those that were asked for", async () => {
    const { outputs } = await answered("long", [{ name: "proba_a" }]);
    expect(outputs).toEqual([{ name: "proba_a", shape: [2], datatype: "FP64", data: [0.25, 0.25] }]);
  });

  it("that there are not are refused", async () => {
    expect(await answered("long", [{ name: "nope" }])).toEqual({ error: expect.stringContaining("nope") });
  });
});

describe("a version", () => {
  const beside = served({
    version: 4,
    answering: answering(({ rows }) => rows.map(() => ({ prediction: "chinstrap" }))),
  });
  const endpoints = [live(served(), [beside])];

  it("that rolls out answers by its number", async () => {
    const { post } = await testFace({ endpoints });
    const { body, headers } = await post("/v2/models/penguins/versions/4/infer", { inputs: [BILL, ISLAND] });
    expect(body).toMatchObject({ model_version: "4", outputs: [{ data: ["chinstrap", "chinstrap"] }] });
    expect(headers.get("x-slipway-version")).toBe("penguins@4");
  });

  it.each(["infer", "ready"])("that is not here is no version: /%s", async (verb) => {
    const { get, post } = await testFace({ endpoints });
    const path = `/v2/models/penguins/versions/9/${verb}`;
    const { status } = verb === "ready" ? await get(path) : await post(path, { inputs: [BILL, ISLAND] });
    expect(status).toBe(verb === "ready" ? 503 : 404);
  });

  it("is named by the model's metadata, beside the live one", async () => {
    const { get } = await testFace({ endpoints });
    expect((await get("/v2/models/penguins")).body).toEqual({
      ...{ name: "penguins", versions: ["3", "4"], platform: "slipway" },
      inputs: [
        { name: "bill_length_mm", datatype: "FP64", shape: [-1] },
        { name: "island", datatype: "BYTES", shape: [-1] },
      ],
      outputs: [{ name: "prediction", datatype: "BYTES", shape: [-1] }],
    });
  });
});

it("the server says who it is, and what it has", async () => {
  const { get } = await testFace();
  expect((await get("/v2")).body).toEqual({ name: "slipway", version: "0.0.0", extensions: ["binary_tensor_data"] });
  expect((await get("/v2/models")).body).toEqual({ models: ["penguins"] });
});

it("a server that is not ready is alive all the same", async () => {
  const { get } = await testFace({ ready: false });
  expect(await get("/v2/health/live")).toMatchObject({ status: 200, body: { live: true } });
  expect(await get("/v2/health/ready")).toMatchObject({ status: 503, body: { ready: false } });
});

it("a model without a worker that takes rows is not ready", async () => {
  const { get } = await testFace({ endpoints: [live(served({ answering: answering(bySize, 0) }))] });
  const answer = await get("/v2/models/penguins/ready");
  expect(answer).toMatchObject({ status: 503, body: { name: "penguins", ready: false } });
});

it.each(["/v2/models/nope", "/v2/models/nope/ready", "/v1/models/nope"])(
  "an unknown model is 404, in KServe's words: %s",
  async (path) => {
    const { get } = await testFace();
    expect(await get(path)).toMatchObject({ status: 404, body: { error: "Model with name nope does not exist." } });
  },
);
