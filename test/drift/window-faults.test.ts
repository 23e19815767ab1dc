import { expect, it } from "vitest";
import { recomputeTest } from "../../core/drift/recompute-test.ts";
import { windowFaults } from "../../core/drift/window-faults.ts";
import type { DriftTest, WindowRecord } from "../../schemas/monitoring.ts";
import { driftTest, windowRecord } from "./records.ts";

const faults = (about: Partial<WindowRecord>) => windowFaults(windowRecord(about));

it("finds nothing in a record that follows from its counts", () => {
  expect(faults({ tests: [driftTest(), driftTest({ current: [10, 40] })] })).toEqual([]);
});

it.each<[string, Partial<DriftTest>, RegExp]>([
  ["an effect that its counts do not have", { effect: 0.5 }, /its counts give effect/],
  ["a p that its counts do not have", { p: 1e-9 }, /and it says/],
  ["a verdict that does not follow", { drifted: true }, /and it says .*, drifted/],
  ["counts of other bins", { reference: [100, 50, 50] }, /not the same bins/],
  ["more rows than came", { ...recounted({ current: [90, 90] }) }, /more rows than came/],
  ["bins that it does not count", { bins: [1, 2, 3, 4] }, /not those that it counts/],
])("finds %s", (_, about, words) => {
  const [fault, ...more] = faults({ tests: [driftTest(about)] });
  expect(fault).toMatch(words);
  expect(more).toEqual([]);
});

it.each([
  ["one that no window begins at", { from: "2026-11-28T01:00:00.000Z", to: "2026-11-29T01:00:00.000Z" }],
  ["one that is too short", { from: "2026-11-28T00:00:00.000Z", to: "2026-11-28T00:01:00.000Z" }],
  ["one that ends before it begins", { from: "2026-11-29T00:00:00.000Z", to: "2026-11-28T00:00:00.000Z" }],
])("takes no window for one: %s", (_, window) => {
  expect(faults({ window })).toEqual([`there is no window from ${window.from} to ${window.to}`]);
});

it("finds a bar with more hits than rows, and more labels than rows", () => {
  const bar = { metric: "accuracy", "at-least": 0.8 };
  const performance = { labelled: 400, doubled: 0, unknown: 0, metrics: {}, slices: [] };
  const bars = [{ bar, rows: 50, hits: 51, value: 1, holds: "yes" as const }];
  expect(faults({ performance: { ...performance, bars } })).toEqual([
    "a bar counts more rows than have labels",
    "more rows have labels than came",
  ]);
});

function recounted(about: Partial<DriftTest>): DriftTest {
  const test = driftTest(about);
  return { ...test, ...recomputeTest(test) };
}
