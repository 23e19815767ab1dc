import { expect, it } from "vitest";
import { testFace } from "./face.ts";

/** Just below the most bytes of a body. */
const MOST = 16 * 1024 * 1024 - 1_000;
const list = (part: string, count = Math.floor(MOST / (part.length + 1))) => `[${`${part},`.repeat(count - 1)}${part}]`;
const tensor = (about: object) =>
  JSON.stringify({ name: "bill_length_mm", datatype: "FP64", data: [], ...about }).slice(0, -1);

const INFER = "/v2/models/penguins/infer";
const PREDICT = "/v1/models/penguins:predict";
const INVOKE = "/invocations";

/** What would take seconds, and hold up whoever else asks, if each part of it were made a row, a value or an issue. */
it.each<[string, string, string, string, string]>([
  ["rows of CSV", INVOKE, "text/csv", `island\n${"1\n".repeat(MOST / 2)}`, "at most 100 rows"],
  ["columns of CSV", INVOKE, "text/csv", `${"a,".repeat(MOST / 2)}\n`, "10000 columns"],
  ["rows of numbers", INVOKE, "application/json", `{"inputs":{"island":${list("1")}}}`, "4000000 values"],
  ["empty rows", INVOKE, "application/json", `{"dataframe_records":${list("{}")}}`, "400000 lists"],
  [
    "short rows",
    INVOKE,
    "application/json",
    `{"dataframe_split":{"columns":["a"],"data":${list("[1]")}}}`,
    "400000 lists",
  ],
  [
    "names of columns",
    INVOKE,
    "application/json",
    `{"dataframe_split":{"columns":${list('"a"', 20_000)},"data":[]}}`,
    "10000 columns",
  ],
  ["rows of v1", PREDICT, "application/json", `{"instances":${list("1", 300_000)}}`, "at most 100 rows"],
  ["a list in a list in a list", PREDICT, "application/json", `{"instances":${"[".repeat(MOST)}`, "400000 lists"],
  ["fields", PREDICT, "application/json", `{"instances":[{${'"a":1,'.repeat(200_000)}"a":1}]}`, "10000 fields"],
  ["inputs", INFER, "application/json", `{"inputs":${list("{}", 300_000)}}`, "a list of 1 to 10000"],
  [
    "dimensions",
    INFER,
    "application/json",
    `{"inputs":[${tensor({})},"shape":${list("1", 300_000)}}]}`,
    "a list of 1 to 8",
  ],
  ["rows of v2", INFER, "application/json", `{"inputs":[${tensor({ shape: [300_000] })}}]}`, "at most 100 rows"],
])("a request of too many %s is refused before it is looked into", async (_, path, type, body, words) => {
  const { post } = await testFace();
  const { status, text } = await post(path, body, { "content-type": type });
  expect({ status, text }).toEqual({ status: 400, text: expect.stringContaining(words) });
});

it("a tensor of bytes that are more than its shape says is refused before they are values", async () => {
  const { url } = await testFace();
  const json = `{"inputs":[{"name":"a","shape":[2],"datatype":"UINT8","parameters":{"binary_data_size":${MOST / 2}}}]}`;
  const response = await fetch(`${url}${INFER}`, {
    method: "POST",
    headers: { "content-type": "application/octet-stream", "inference-header-content-length": String(json.length) },
    body: Buffer.concat([Buffer.from(json), Buffer.alloc(MOST / 2)]),
  });
  expect({ status: response.status, text: await response.text() }).toMatchObject({
    ...{ status: 400, text: expect.stringContaining("expected 2 values of 1 bytes") },
  });
});

it("a CSV field of millions of quotes is read", async () => {
  const { post, asked } = await testFace();
  const quotes = 1_000_000;
  const { status } = await post(INVOKE, `bill_length_mm,island\n39.1,"${'""'.repeat(quotes)}"\n`, {
    "content-type": "text/csv",
  });
  expect(status).toBe(200);
  expect(asked[0]?.rows[0]?.["island"]).toMatchObject({ text: '"'.repeat(quotes) });
});

it("brackets and commas within texts are no lists and no values", async () => {
  const { post } = await testFace();
  const island = '[{,\\"'.repeat(500_000);
  const { status } = await post(PREDICT, { instances: [{ bill_length_mm: 39.1, island }] });
  expect(status).toBe(200);
});
