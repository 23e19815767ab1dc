import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rowSchema } from "../../../api/serving/row-schema.ts";
import { rowCheck } from "../../../core/serving/check-rows.ts";
import type { RowsExpected } from "../../../core/serving/served.ts";
import type { Column } from "../../../schemas/model-spec.ts";
import { live, served, testFace } from "./face.ts";

const value = fc.oneof(
  fc.constantFrom(null, true, false, "a", "b", "", [], {}),
  fc.integer({ min: -5, max: 5 }),
  fc.double(),
);
const column = fc.constantFrom<Column>(
  { type: "long", min: -2, nulls: 0.5 },
  { type: "long", min: -2 },
  { type: "long", "one-of": [1, "2"] },
  { type: "double", max: 2.5 },
  { type: "boolean", "one-of": [true] },
  { type: "string", "one-of": ["a", "b"] },
);
const ajv = new Ajv2020();

it("a row's schema takes what the check takes, and nothing else", () => {
  const name = fc.constantFrom("x", "y", "z");
  fc.assert(
    fc.property(
      fc.dictionary(name, column, { noNullPrototype: true }),
      fc.dictionary(name, value, { noNullPrototype: true }),
      fc.boolean(),
      fc.constantFrom("ignore" as const, "refuse" as const),
      (columns, row, isDeclared, unknownColumns) => {
        const expected: RowsExpected = {
          signature: { inputs: Object.entries(columns).map(([name, { type }]) => ({ name, type })), outputs: [] },
          ...{ columns: isDeclared ? columns : {}, maxRows: 1, unknownColumns },
        };
        const isValid = ajv.validate(rowSchema(expected), row);
        expect(isValid).toBe("rows" in rowCheck(expected)([row]));
      },
    ),
  );
});

describe("the document", () => {
  const sensitive: Record<string, Column> = { ring: { type: "string", "one-of": ["R-7"], sensitive: true } };

  it("has an example in each protocol, and each is answered", async () => {
    const { get, post } = await testFace();
    const { paths } = (await get("/openapi.json")).body;
    const examples = Object.entries(paths as Record<string, { post?: { requestBody: object } }>).flatMap(
      ([path, { post }]) => (post === undefined ? [] : [[path, post.requestBody] as const]),
    );
    expect(examples.map(([path]) => path)).toEqual([
      "/v2/models/penguins/infer",
      "/v1/models/penguins:predict",
      "/invocations",
    ]);
    for (const [path, body] of examples) {
      const { example } = (body as { content: Record<string, { example: unknown }> }).content["application/json"] ?? {};
      expect(await post(path, example)).toMatchObject({ status: 200 });
    }
  });

  it("leaves columns that may be missing out of its examples", async () => {
    const version = served({ example: { row_id: 170, bill_length_mm: 39.1, island: null } });
    const inputs = [{ name: "row_id", type: "long" as const, optional: true }, ...version.signature.inputs];
    const { get } = await testFace({ endpoints: [live({ ...version, signature: { ...version.signature, inputs } })] });
    expect((await get("/openapi.json")).text).not.toContain("170");
  });

  it("refers to schemas that it has", async () => {
    const { get } = await testFace();
    const { text, body } = await get("/openapi.json");
    for (const [, name] of text.matchAll(/#\/components\/schemas\/([\w.]+)/g))
      expect(Object.keys(body.components.schemas)).toContain(name);
  });

  it("has no /invocations where that could be any of several models", async () => {
    const { get } = await testFace({ endpoints: [live(served()), live(served({ model: "diabetes" }))] });
    expect(Object.keys((await get("/openapi.json")).body.paths)).not.toContain("/invocations");
  });

  it.each(["/openapi.json", "/docs"])("names no value of a sensitive column: %s", async (path) => {
    const version = served({ columns: sensitive });
    const inputs = [{ name: "ring", type: "string" as const }];
    const endpoints = [live({ ...version, signature: { ...version.signature, inputs }, example: { ring: null } })];
    const { get } = await testFace({ endpoints });
    expect((await get(path)).text).not.toContain("R-7");
  });
});
