import { expect, it } from "vitest";
import { warmUpRows } from "../../core/serving/warm-up-rows.ts";
import type { DataProfile } from "../../schemas/data-record.ts";
import type { Signature } from "../../schemas/manifest.ts";

const QUANTILES = [0, 1, 2, 3, 4, 5.5, 6, 7, 8, 9, 10];

const profile: DataProfile = {
  slipway: 1,
  rows: 100,
  columns: {
    age: { type: "long", nulls: 0, quantiles: QUANTILES },
    weight: { type: "double", nulls: 0, quantiles: QUANTILES },
    island: {
      type: "string",
      nulls: 0,
      top: [
        { value: "Biscoe", count: 9 },
        { value: "Dream", count: 1 },
      ],
    },
    adult: { type: "boolean", nulls: 0, top: [{ value: "true", count: 9 }] },
  },
};

const inputs = (...fields: Signature["inputs"]): Signature => ({ inputs: fields, outputs: [] });

it("has medians and frequent values of the kept profile", () => {
  const signature = inputs(
    { name: "age", type: "long" },
    { name: "weight", type: "double" },
    { name: "island", type: "string" },
    { name: "adult", type: "boolean" },
  );
  expect(warmUpRows(signature, profile)[0]).toEqual({ age: 6, weight: 5.5, island: "Biscoe", adult: true });
  expect(warmUpRows(signature, profile).map((row) => row["island"])).toEqual(["Biscoe", "Dream", "Biscoe"]);
});

it("has null for a column that the profile does not tell of, if it may be null", () => {
  expect(warmUpRows(inputs({ name: "ring", type: "string", optional: true }), profile)[0]).toEqual({ ring: null });
});

it("has a plain value of the type where there is no profile", () => {
  const signature = inputs({ name: "age", type: "long" }, { name: "seen", type: "datetime" });
  expect(warmUpRows(signature, undefined)[0]).toEqual({ age: 0, seen: "2000-01-01T00:00:00.000Z" });
});
