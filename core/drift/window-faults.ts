import type { DriftTest, WindowRecord } from "../../schemas/monitoring.ts";
import { milliseconds } from "../duration.ts";
import { recomputeTest } from "./recompute-test.ts";
import { isAligned, LONGEST_WINDOW, SHORTEST_WINDOW } from "./windows.ts";

/** Another machine's logarithms may differ in the last digits. */
const TOLERANCE = 1e-9;

/**
 * What cannot be true in a window's record, by itself: a window that is none, more rows than came, and a test whose effect, p or
 * verdict does not follow from its counts. Empty for a sound one. Whoever made the record is not asked.
 */
export function windowFaults(record: WindowRecord): string[] {
  const { window, traffic, tests, rules, performance } = record;
  const faults: string[] = [];
  const length = Date.parse(window.to) - Date.parse(window.from);
  if (!isAligned(window) || length < milliseconds(SHORTEST_WINDOW) || length > milliseconds(LONGEST_WINDOW))
    faults.push(`there is no window from ${window.from} to ${window.to}`);
  for (const test of tests) {
    const wrong = wrongIn(test, traffic.rows);
    if (wrong !== undefined) faults.push(`${test.of} ${test.column}, ${test.what}: ${wrong}`);
  }
  if (rules.some(({ count, rows }) => count > rows || rows > traffic.rows))
    faults.push("a rule counts more rows than came");
  for (const { rows, hits = 0 } of performance?.bars ?? [])
    if (hits > rows || rows > (performance?.labelled ?? 0)) faults.push("a bar counts more rows than have labels");
  if ((performance?.labelled ?? 0) > traffic.rows) faults.push("more rows have labels than came");
  return faults;
}

function wrongIn(test: DriftTest, rows: number): string | undefined {
  const { reference, current, bins } = test;
  if (reference.length !== current.length) return "its two counts have not the same bins";
  // Of numbers the last bin has no end; of categories it is `other`, if there are any.
  if (bins !== undefined && ![0, 1].includes(current.length - bins.length))
    return "its bins are not those that it counts";
  if (test.what !== "distribution" && current.length !== 2) return "two proportions are of two counts";
  if (sum(current) > rows) return "it counts more rows than came";
  const { effect, p, drifted } = recomputeTest(test);
  const isSame = near(effect, test.effect) && near(p, test.p) && drifted === test.drifted;
  if (isSame) return undefined;
  return `its counts give effect ${effect}, p ${p}${drifted ? ", drifted" : ""}, and it says ${test.effect}, ${test.p}${test.drifted ? ", drifted" : ""}`;
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b), Number.MIN_VALUE / TOLERANCE);
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, each) => total + each, 0);
}
