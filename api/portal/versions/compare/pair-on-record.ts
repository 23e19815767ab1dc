import { reversedPairs } from "../../../../core/report/reversed-comparison.ts";
import type { Comparison } from "../../../../schemas/evaluation.ts";
import { comparisonsOf } from "../comparison-sections.ts";
import type { ShownVersion } from "../load-version.ts";

/** Decisions of a version whose comparisons are looked at, the newest of them. */
const MOST_DECISIONS = 5;

/** What is on record of two versions on the same rows. */
export interface PairOnRecord {
  metrics: Comparison["metrics"];
  rows: number;
}

/**
 * How `version` differs from `base`, where something on record says it: an evaluation, a later run, a decision, of the one or
 * of the other. Undefined otherwise: to find out costs a try of the test set, and a page spends none.
 */
export async function pairOnRecord(base: ShownVersion, version: ShownVersion): Promise<PairOnRecord | undefined> {
  const there = newestWith(await allComparisons(version), base.version);
  if (there !== undefined) return { metrics: there.metrics, rows: there.rows };
  const back = newestWith(await allComparisons(base), version.version);
  return back && { metrics: reversedPairs(back.metrics), rows: back.rows };
}

function newestWith(comparisons: readonly Comparison[], version: number): Comparison | undefined {
  return comparisons.filter((each) => each.version === version && Object.keys(each.metrics).length > 0).at(-1);
}

async function allComparisons(shown: ShownVersion): Promise<Comparison[]> {
  const { decisions, snapshot, model } = shown;
  const newest = decisions.filter(({ act }) => act === "promote").slice(-MOST_DECISIONS);
  const whole = await Promise.all(newest.map(({ id }) => snapshot.read({ kind: "decision", model: model.name, id })));
  return [...(await comparisonsOf(shown)), ...whole.flatMap((decision) => decision?.comparisons ?? [])];
}
