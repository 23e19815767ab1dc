import { expect, it } from "vitest";
import { driftTests } from "../../core/drift/drift-tests.ts";
import { DataProfile } from "../../schemas/data-record.ts";

/** As profiles were kept before they had counts. */
const OLD = {
  slipway: 1,
  rows: 344,
  columns: {
    mass: {
      type: "double",
      nulls: 2,
      distinct: 94,
      min: 2700,
      max: 6300,
      mean: 4201.7,
      std: 801,
      quantiles: [2700, 6300],
    },
    island: { type: "string", nulls: 0, distinct: 3, top: [{ value: "Biscoe", count: 168 }] },
  },
};

it("reads a profile of before counts were kept, compares its nulls, and says why not its values", () => {
  const columns = [
    { name: "mass", of: "feature" as const, rows: 100, nulls: 1 },
    { name: "island", of: "feature" as const, rows: 100, nulls: 0, categories: { Biscoe: 40 }, other: 60 },
  ];
  const { tests, untested } = driftTests({ features: DataProfile.parse(OLD) }, { columns }, undefined);
  expect(tests.map(({ column, what }) => `${column} ${what}`)).toEqual(["mass nulls", "island nulls"]);
  const reason = "the kept profile has no counts of its values";
  expect(untested).toEqual({ mass: reason, island: reason });
});
