import { expect, it } from "vitest";
import { type DeclaredInput, dispatchedInputs, takeInputs } from "../../../../tools/sandbox/runner/take-inputs.ts";

const take = (declared: Record<string, DeclaredInput>, given: Record<string, unknown>) =>
  takeInputs("w.yml", declared, given);

it("gives what was handed over, defaults, and what is empty of each type", () => {
  const declared: Record<string, DeclaredInput> = {
    a: { type: "string" },
    b: { type: "number", default: 3 },
    c: { type: "boolean" },
    d: { type: "choice", options: ["x", "y"] },
  };
  expect(take(declared, { a: 5, d: "y" })).toEqual({ a: "5", b: 3, c: false, d: "y" });
});

it.each<[DeclaredInput, unknown, string]>([
  [{ type: "number" }, "5", 'declared as number, and "5" is none'],
  [{ type: "boolean" }, "true", 'declared as boolean, and "true" is none'],
  [{ type: "string" }, ["x"], 'declared as string, and ["x"] is none'],
  [{ type: "choice", options: ["x"] }, "z", '"z" is none of x'],
])("refuses for %j the value %j", (declared, value, said) => {
  expect(() => take({ a: declared }, { a: value })).toThrow(said);
});

it("refuses an input that is not declared, and one that is missing", () => {
  expect(() => take({}, { a: 1 })).toThrow("input a is not defined");
  expect(() => take({ a: { required: true } }, {})).toThrow("input a is required");
});

it.each<[string, DeclaredInput, unknown, unknown]>([
  ["a boolean", { type: "boolean" }, "true", true],
  ["a boolean's other text as it is", { type: "boolean" }, "yes", "yes"],
  ["a number", { type: "number" }, "7", 7],
  ["a text", { type: "string" }, "true", "true"],
])("takes a dispatch's text for %s", (_, input, given, taken) => {
  expect(dispatchedInputs({ name: input }, { name: given })).toEqual({ name: taken });
});
