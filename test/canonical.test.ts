import { expect, it } from "vitest";
import { canonicalJson } from "../core/canonical.ts";

it("writes the same record as the same bytes, whatever the order of its keys", () => {
  expect(canonicalJson({ b: [{ z: 1, a: undefined }], a: 1 })).toBe(canonicalJson({ a: 1, b: [{ z: 1 }] }));
});

it("refuses a number that JSON cannot say", () => {
  expect(() => canonicalJson({ value: Number.NaN })).toThrow(/not JSON: NaN/);
});
