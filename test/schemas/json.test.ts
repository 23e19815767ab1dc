import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { jsonSchemas } from "../../tools/build/json-schemas.ts";

const folder = new URL("../../schemas/json/", import.meta.url);

it.each(Object.entries(jsonSchemas()))(
  "schemas/json/%s is what the zod schema says (npm run generate)",
  (name, text) => {
    expect(readFileSync(new URL(name, folder), "utf8")).toBe(text);
  },
);

it("schemas/json/ holds nothing else", () => {
  expect(readdirSync(folder).sort()).toEqual(Object.keys(jsonSchemas()).sort());
});
