import type { MonitorBar } from "../../schemas/monitor-spec.ts";
import type { BarResult, BrokenRule, DriftTest, Snooze, WindowRecord } from "../../schemas/monitoring.ts";

const DAY = 86_400_000;
const START = Date.parse("2026-03-01T00:00:00.000Z");

/** The begin of the n-th day's window, from 0. */
export const day = (n: number) => new Date(START + n * DAY).toISOString();

/** A look at the n-th day, with 200 rows and nothing to say. */
export function look(n: number, changes: Partial<WindowRecord> = {}): WindowRecord {
  return {
    slipway: 1,
    model: "penguins",
    version: 1,
    stage: "production",
    window: { from: day(n), to: day(n + 1) },
    inputs: { requests: "a".repeat(64), spec: "b".repeat(40) },
    traffic: { rows: 200, requests: 200, errors: 0, sample: 1 },
    rules: [],
    tests: [driftTest()],
    looked_at: day(n + 1),
    by: { name: "Ann", id: "ann@example.com" },
    host: "cli",
    ...changes,
  };
}

/** A test that found nothing, of the column bill_length_mm. */
export function driftTest(changes: Partial<DriftTest> = {}): DriftTest {
  return {
    of: "feature",
    column: "bill_length_mm",
    what: "distribution",
    bins: [40, 45],
    reference: [300, 300, 400],
    current: [60, 60, 80],
    effect: 0,
    least: 0.1,
    p: 1,
    level: 0.05,
    drifted: false,
    ...changes,
  };
}

/** The same column, of which most rows are in its first bin now. */
export function drifted(changes: Partial<DriftTest> = {}): DriftTest {
  return driftTest({ current: [140, 40, 20], effect: 0.74, p: 1e-20, drifted: true, ...changes });
}

export function brokenRule(changes: Partial<BrokenRule> = {}): BrokenRule {
  return { column: "age", check: "min", count: 40, rows: 200, expected: "at least 0", broken: true, ...changes };
}

export const ACCURACY: MonitorBar = { metric: "accuracy", "at-least": 0.85 };

/** What labelled rows say of a bar; by default too few of them to say it surely. */
export function performance(bars: BarResult[]): NonNullable<WindowRecord["performance"]> {
  const labelled = Math.max(0, ...bars.map(({ rows }) => rows));
  return { labelled, doubled: 0, unknown: 0, metrics: {}, slices: [], bars };
}

export function hits(of: number, rows: number, bar = ACCURACY): NonNullable<WindowRecord["performance"]> {
  return performance([{ bar, rows, hits: of, value: rows === 0 ? null : of / rows, holds: "unclear" }]);
}

export function snooze(changes: Partial<Snooze> = {}): Snooze {
  return {
    slipway: 1,
    id: "c".repeat(32),
    model: "penguins",
    until: day(30),
    reason: "known",
    by: { name: "Ann", id: "ann@example.com" },
    at: day(1),
    host: "cli",
    ...changes,
  };
}
