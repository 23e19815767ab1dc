import type { DataProfile } from "../../schemas/data-record.ts";
import type { MonitorSpec } from "../../schemas/monitor-spec.ts";
import type { DriftTest, WindowRecord } from "../../schemas/monitoring.ts";
import { type Counted, type CurrentColumn, compareColumn } from "./compare-column.ts";
import { recomputeTest } from "./recompute-test.ts";

/** Counts of a window: of each column that there is to compare. Neither the label nor what a spec keeps from the log is one. */
export interface CurrentCounts {
  columns: readonly CurrentColumn[];
}

/** Profiles of what a version was trained on, and of its own predictions of the test rows. */
export interface Reference {
  features?: DataProfile | undefined;
  predictions?: DataProfile | undefined;
}

/** Chance brings one drifted test or more in so many windows, at most. */
export const LEVEL = 0.05;
/** The least effects that count: a PSI, and shares of rows. */
const LEAST = { distribution: 0.1, nulls: 0.05, "new-categories": 0.01 } as const;
/** A record has no more. */
const MOST_TESTS = 4_000;

/**
 * Compares a window with what a version was trained on, column by column, by counts alone. All tests share the level (Bonferroni),
 * so that a window of hundreds of columns raises no more false alarms than one of a single column.
 */
export function driftTests(
  { features, predictions }: Reference,
  { columns }: CurrentCounts,
  spec: MonitorSpec | undefined,
): { tests: DriftTest[]; untested: NonNullable<WindowRecord["untested"]> } {
  const counted: { column: CurrentColumn; test: Counted }[] = [];
  const untested = new Map<string, string>();
  for (const column of columns) {
    const profile = column.of === "feature" ? features : predictions;
    const compared = compareOne(profile, column, spec);
    if (compared.untested !== undefined) untested.set(column.name, compared.untested);
    if (counted.length + compared.counted.length > MOST_TESTS)
      untested.set(column.name, `more than ${MOST_TESTS} tests`);
    else counted.push(...compared.counted.map((test) => ({ column, test })));
  }
  const level = LEVEL / Math.max(1, counted.length);
  const tests = counted.map(({ column: { of, name }, test }): DriftTest => {
    const least = test.what === "distribution" ? leastPsi(of, name, spec) : LEAST[test.what];
    const asked = { of, column: name, ...test, least, level };
    return { ...asked, ...recomputeTest(asked) };
  });
  return { tests, untested: Object.fromEntries(untested) };
}

function compareOne(
  profile: DataProfile | undefined,
  column: CurrentColumn,
  spec: MonitorSpec | undefined,
): ReturnType<typeof compareColumn> {
  if (column.of === "feature" && asked(column.name, spec) === "off")
    return { counted: [], untested: "off in the spec" };
  if (profile === undefined) return { counted: [], untested: "the version has no kept profile of it" };
  const kept = Object.hasOwn(profile.columns, column.name) ? profile.columns[column.name] : undefined;
  if (kept === undefined) return { counted: [], untested: "the kept profile has no such column" };
  return compareColumn(kept, profile.rows, column);
}

function leastPsi(of: DriftTest["of"], name: string, spec: MonitorSpec | undefined): number {
  const own = of === "feature" ? asked(name, spec) : undefined;
  return typeof own === "object" ? own.psi : LEAST.distribution;
}

function asked(name: string, spec: MonitorSpec | undefined) {
  return spec?.columns && Object.hasOwn(spec.columns, name) ? spec.columns[name] : undefined;
}
