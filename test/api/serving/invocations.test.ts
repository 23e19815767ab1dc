import { describe, expect, it } from "vitest";
import { answering, live, served, testFace } from "./face.ts";

const ADELIE = { bill_length_mm: 39.1, island: "Dream" };
const GENTOO = { bill_length_mm: 47.5, island: null };

describe("rows", () => {
  it.each<[string, unknown]>([
    [
      "dataframe_split",
      {
        columns: ["island", "bill_length_mm"],
        data: [
          ["Dream", 39.1],
          [null, 47.5],
        ],
      },
    ],
    ["dataframe_records", [ADELIE, GENTOO]],
    ["instances", [ADELIE, GENTOO]],
    ["inputs", { bill_length_mm: [39.1, 47.5], island: ["Dream", null] }],
  ])("may come as %s", async (field, value) => {
    const { post } = await testFace();
    expect(await post("/invocations", { [field]: value, params: {} })).toMatchObject({
      status: 200,
      body: { predictions: ["adelie", "gentoo"] },
    });
  });

  it("may come as CSV, with quotes and CRLF", async () => {
    const { post, asked } = await testFace();
    const csv = '\ufeffisland,bill_length_mm\r\n"Dr""eam,\n1",39.1\r\n,47.5\r\n\r\n';
    const { body } = await post("/invocations", csv, { "content-type": "text/csv; charset=utf-8" });
    expect(body).toEqual({ predictions: ["adelie", "gentoo"] });
    expect(asked[0]?.rows[0]?.["island"]).toEqual({ text: 'Dr"eam,\n1' });
  });

  it.each<[string, unknown]>([
    ["none of the fields", { rows: [] }],
    ["two of the fields", { instances: [ADELIE], inputs: {} }],
    ["a bare list in instances: nothing says which column is which", { instances: [[39.1, "Dream"]] }],
    ["a row of another length", { dataframe_split: { columns: ["island"], data: [[1, 2]] } }],
    ["a column twice", { dataframe_split: { columns: ["island", "island"], data: [["a", "b"]] } }],
    ["columns of two lengths", { inputs: { island: ["a"], bill_length_mm: [] } }],
    ["a missing column", { instances: [{ island: "Dream" }] }],
    ["a value of another type", { instances: [{ ...ADELIE, bill_length_mm: "39.1" }] }],
    ["broken JSON", "{nope"],
    ["a list for a body", "[]"],
  ])("are refused with 400 and MLflow's code: %s", async (_, body) => {
    const { post } = await testFace();
    expect(await post("/invocations", body)).toMatchObject({ status: 400, body: { error_code: "BAD_REQUEST" } });
  });

  it.each([
    ["a field too much", "island,bill_length_mm\na,1,2\n"],
    ["a quote that is never closed", 'island,bill_length_mm\n"a,1\n'],
    ["a column twice", "island,island\na,b\n"],
    ["nothing", ""],
  ])("of CSV are refused with 400: %s", async (_, csv) => {
    const { post } = await testFace();
    expect(await post("/invocations", csv, { "content-type": "text/csv" })).toMatchObject({ status: 400 });
  });

  it("of a wrong column are refused with the column, what was expected and what was found", async () => {
    const { post } = await testFace();
    const { body } = await post("/invocations", { instances: [ADELIE, { ...ADELIE, bill_length_mm: 3 }] });
    expect(body.message).toBe("bill_length_mm in row 2: expected at least 20, found 3");
  });
});

it("another content type is 415, in plain text", async () => {
  const { post } = await testFace();
  const { status, headers, text } = await post("/invocations", "a=1", { "content-type": "text/plain" });
  expect({ status, type: headers.get("content-type"), text }).toEqual({
    ...{ status: 415, type: "text/plain; charset=utf-8" },
    text: "This server takes the content types application/json and text/csv, and got text/plain: with curl, add -H 'content-type: application/json'.",
  });
});

it("a program that answers probabilities besides is answered in objects, as a model is whose predict gives a table", async () => {
  const program = () => [{ prediction: "adelie", proba_adelie: 0.9 }];
  const { post } = await testFace({ endpoints: [live(served({ answering: answering(program) }))] });
  const { body } = await post("/invocations", { instances: [ADELIE] });
  expect(body).toEqual({ predictions: [{ prediction: "adelie", proba_adelie: 0.9 }] });
});

it("a route without a model's name is refused with the models' names where there are several", async () => {
  const { post } = await testFace({ endpoints: [live(served()), live(served({ model: "diabetes" }))] });
  const { status, body } = await post("/invocations", { instances: [ADELIE] });
  expect(status).toBe(400);
  expect(body.message).toContain("penguins, diabetes");
});

it.each([
  [true, 200],
  [false, 503],
])("/ping and /health say a newline: ready %s is %i", async (ready, status) => {
  const { get } = await testFace({ ready });
  for (const path of ["/ping", "/health"]) expect(await get(path)).toMatchObject({ status, text: "\n" });
});

it("/version says a text", async () => {
  const { get } = await testFace();
  expect(await get("/version")).toMatchObject({ status: 200, text: "0.0.0" });
});
