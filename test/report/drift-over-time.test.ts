import { expect, it } from "vitest";
import { driftHeatChart } from "../../core/report/charts/drift-heat-chart.ts";
import { latencyChart } from "../../core/report/charts/latency-chart.ts";
import { driftOverTime, driftTable } from "../../core/report/drift-over-time.ts";
import { drifted, driftTest, look } from "../drift/builders.ts";

const windows = [
  look(0, { tests: [driftTest(), driftTest({ column: "island", effect: 0.05 })] }),
  look(1, { tests: [drifted()] }),
];

it("puts what drifted first, and has a gap where nothing was compared", () => {
  const { subjects } = driftOverTime(windows, undefined, 10);
  expect(subjects.map(({ subject }) => subject)).toEqual(["bill_length_mm: distribution", "island: distribution"]);
  expect(subjects[1]?.cells[1]).toBeUndefined();
});

it("lets the spec as it is now say what counts", () => {
  const { subjects } = driftOverTime(windows, { columns: { bill_length_mm: { psi: 50 } } }, 10);
  expect(subjects.find(({ subject }) => subject.startsWith("bill"))?.cells[1]).toMatchObject({
    least: 50,
    drifted: false,
  });
});

it("says how many moved less than those that are shown", () => {
  const found = driftOverTime(windows, undefined, 1);
  expect(found.more).toBe(1);
  expect(driftTable(found, 10)[0]?.text).toContain("1 that moved less are not shown.");
});

it("draws a cross where a column drifted, so that nobody has to tell colours apart", () => {
  const crosses = (svg: string) => svg.match(/stroke-width="1.5"/g)?.length ?? 0;
  const quiet = driftHeatChart(driftOverTime(windows.slice(0, 1), undefined, 10));
  const moved = driftHeatChart(driftOverTime(windows, undefined, 10));
  expect(crosses(moved) - crosses(quiet)).toBe(2);
});

it("draws no latency that nobody measured", () => {
  expect(latencyChart(windows)).toBeUndefined();
  const timed = look(0, { traffic: { rows: 1, requests: 1, errors: 0, sample: 1, p50_ms: 2, p99_ms: 9 } });
  expect(latencyChart([timed])).toMatch(/^<svg /);
});
