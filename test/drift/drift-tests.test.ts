import { expect, it } from "vitest";
import type { CurrentColumn } from "../../core/drift/compare-column.ts";
import { driftTests } from "../../core/drift/drift-tests.ts";
import { recomputeTest } from "../../core/drift/recompute-test.ts";
import type { ColumnProfile, DataProfile } from "../../schemas/data-record.ts";

const numbers: ColumnProfile = {
  type: "double",
  nulls: 0,
  nan: 0,
  infinite: 0,
  cuts: [1, 2, 3, 4],
  counts: [200, 200, 200, 200, 200],
};
const categories: ColumnProfile = {
  type: "string",
  nulls: 0,
  distinct: 2,
  top: [
    { value: "a", count: 700 },
    { value: "b", count: 300 },
  ],
  other: 0,
};
const profileOf = (columns: DataProfile["columns"]): DataProfile => ({ slipway: 1, rows: 1_000, columns });
const column = (about: Partial<CurrentColumn>): CurrentColumn => ({
  name: "x",
  of: "feature",
  rows: 100,
  nulls: 0,
  ...about,
});
const compare = (kept: ColumnProfile, about: Partial<CurrentColumn>, spec?: Parameters<typeof driftTests>[2]) =>
  driftTests({ features: profileOf({ x: kept }) }, { columns: [column(about)] }, spec);

const even = (each: number) => Array.from({ length: 10 }, () => each);
const same = { counts: [20, 20, 20, 20, 20] };
const shifted = { counts: [5, 5, 10, 30, 50] };

it("finds a shift of numbers", () => {
  const { tests } = compare(numbers, shifted);
  expect(tests.filter(({ drifted }) => drifted).map(({ what }) => what)).toEqual(["distribution"]);
});

it("finds nothing where nothing changed", () => {
  expect(compare(numbers, same).tests.some(({ drifted }) => drifted)).toBe(false);
});

it("shares the level among all tests of the window", () => {
  const { tests } = compare(numbers, same);
  expect(tests.map(({ level }) => level)).toEqual([0.025, 0.025]);
});

it("asks for the least effect that the spec names", () => {
  const { tests } = compare(numbers, shifted, { columns: { x: { psi: 5 } } });
  expect(tests[0]).toMatchObject({ what: "distribution", least: 5, drifted: false });
});

it("does not take for an effect what chance alone has on average", () => {
  const [reference, current] = [even(2_000), [115, 85, 112, 90, 108, 91, 104, 99, 110, 86]];
  const test = { what: "distribution" as const, reference, current, level: 0.9 };
  const { effect } = recomputeTest({ ...test, least: 0.001 });
  expect(recomputeTest({ ...test, least: effect - 0.005 }).drifted).toBe(false);
  expect(recomputeTest({ ...test, least: effect - 0.01 }).drifted).toBe(true);
});

it("leaves a column alone that the spec turns off", () => {
  expect(compare(numbers, shifted, { columns: { x: "off" } })).toEqual({
    tests: [],
    untested: { x: "off in the spec" },
  });
});

it("finds nulls that came", () => {
  const { tests } = compare(numbers, { nulls: 20, counts: [16, 16, 16, 16, 16] });
  expect(tests.find(({ what }) => what === "nulls")).toMatchObject({ reference: [0, 1_000], drifted: true });
});

it("counts NaN and infinite numbers with the nulls", () => {
  const { tests } = compare(numbers, { nulls: 5, nan: 5, infinite: 10, counts: [16, 16, 16, 16, 16] });
  expect(tests.find(({ what }) => what === "nulls")?.current).toEqual([20, 80]);
});

it("takes two nulls of thirty rows for chance", () => {
  const { tests } = compare({ ...numbers, nulls: 5 }, { rows: 30, nulls: 2, counts: [6, 6, 6, 5, 5] });
  expect(tests.find(({ what }) => what === "nulls")?.drifted).toBe(false);
});

it("finds categories that the profile does not know, where it lists all", () => {
  const { tests } = compare(categories, { categories: { a: 65, b: 29 }, other: 6 });
  expect(tests.find(({ what }) => what === "new-categories")).toMatchObject({ current: [6, 94], drifted: true });
});

it("does not ask for new categories where the profile has a rest", () => {
  const { tests } = compare({ ...categories, other: 50 }, { categories: { a: 65, b: 29 }, other: 6 });
  expect(tests.map(({ what }) => what)).toEqual(["distribution", "nulls"]);
});

it("takes a category named as a property of objects for what it is", () => {
  const { tests } = compare(
    { ...categories, top: [{ value: "constructor", count: 1_000 }] },
    { categories: {}, other: 100 },
  );
  expect(tests[0]).toMatchObject({ current: [0, 100], drifted: true });
});

it.each<[string, ColumnProfile, Partial<CurrentColumn>]>([
  ["fewer than 20 rows", numbers, { rows: 19, counts: [19, 0, 0, 0, 0] }],
  ["fewer than 20 rows with a value", numbers, { nulls: 90, counts: [10, 0, 0, 0, 0] }],
  ["a moment always moves", { type: "datetime", nulls: 0 }, {}],
  ["it names rows", { ...numbers, names: "rows" }, same],
  ["it names groups", { ...numbers, names: "groups" }, same],
  ["it names files", { type: "file", nulls: 0 }, {}],
  ["the kept profile has no counts of its values", { type: "double", nulls: 0, quantiles: [1, 2, 3] }, same],
  ["the kept profile has no counts of its values", { type: "string", nulls: 0 }, { categories: {}, other: 100 }],
])("does not compare, since %s", (reason, kept, about) => {
  const { tests, untested } = compare(kept, about);
  expect(untested).toEqual({ x: reason });
  expect(tests.some(({ what }) => what === "distribution")).toBe(false);
});

it("compares predictions with those of the test rows", () => {
  const columns = [column({ ...shifted, name: "prediction", of: "prediction" })];
  const { tests } = driftTests({ predictions: profileOf({ prediction: numbers }) }, { columns }, undefined);
  expect(tests[0]).toMatchObject({ of: "prediction", column: "prediction", drifted: true });
});

it("says of a version without a profile that it has none", () => {
  expect(driftTests({}, { columns: [column(same)] }, undefined)).toEqual({
    tests: [],
    untested: { x: "the version has no kept profile of it" },
  });
});

it("tells from the counts of a test again what was decided", () => {
  const { tests } = compare(categories, { nulls: 20, categories: { a: 15, b: 55 }, other: 10 });
  expect(tests).toHaveLength(3);
  for (const test of tests) {
    const { effect, p, drifted } = test;
    expect(recomputeTest(test)).toEqual({ effect, p, drifted });
  }
});

it("stops at as many tests as a record holds, and says so", () => {
  const columns = Array.from({ length: 2_001 }, (_, at) => column({ ...same, name: `x${at}` }));
  const features = profileOf(Object.fromEntries(columns.map(({ name }) => [name, numbers])));
  const { tests, untested } = driftTests({ features }, { columns }, undefined);
  expect(tests).toHaveLength(4_000);
  expect(untested).toEqual({ x2000: "more than 4000 tests" });
});
