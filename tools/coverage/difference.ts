import { compareMetrics } from "../../core/metrics/compare.ts";
import { levelFor } from "../../core/metrics/levels.ts";
import type { Scored } from "../../core/metrics/scored.ts";
import type { Meeting } from "./family.ts";

/** Whether the difference of two accuracies on n rows is above 0 at a one-sided level, as compareMetrics says it. */
export type IsBetter = (meeting: Meeting, level: number) => boolean;

/** Asks each question once: of rows whose labels are two classes, a difference of accuracies is a matter of counts. */
export function differencesOn(n: number): IsBetter {
  const known = new Map<string, ReadonlyMap<number, number>>();
  return (meeting, level) => {
    const { wins, losses } = meeting;
    if (wins <= losses) return false;
    const key = `${wins} ${losses}`;
    const lows = known.get(key) ?? lowsOf(meeting, n);
    known.set(key, lows);
    return (lows.get(levelFor(level) ?? 0) ?? Number.NEGATIVE_INFINITY) > 0;
  };
}

function lowsOf({ wins, losses }: Meeting, n: number): ReadonlyMap<number, number> {
  const right = (row: number, of: "candidate" | "live") =>
    row < wins ? of === "candidate" : row < wins + losses ? of === "live" : row % 5 > 0;
  const scored = (of: "candidate" | "live") => scoredOf(Array.from({ length: n }, (_none, row) => right(row, of)));
  const { metrics } = compareMetrics(scored("candidate"), scored("live"), ASKED);
  return new Map(metrics["accuracy"]?.difference.intervals?.map(({ level, low }) => [level, low]));
}

export const ASKED = {
  metrics: { accuracy: { metric: "accuracy_score" } },
  slices: [],
  levels: [0.025, 0.0025],
} as const;

/** Labels of two classes in turn, and predictions that are right on these rows. */
export function scoredOf(right: readonly boolean[]): Scored {
  const labels = right.map((_right, row) => row % 2);
  return {
    ...{ task: "classification", ids: labels.map((_label, row) => String(row)), labels, slices: {}, own: {} },
    predictions: labels.map((label, row) => (right[row] ? label : 1 - label)),
  };
}
