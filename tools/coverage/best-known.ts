import { betaQuantile, studentQuantile } from "../../core/metrics/quantiles.ts";
import type { Scored } from "../../core/metrics/scored.ts";
import { evenly, type Reach } from "./world.ts";

/** Clopper and Pearson's two-sided 95 % interval. */
export function exactReach(hits: number, of: number): Reach | undefined {
  if (of === 0) return undefined;
  const low = hits === 0 ? 0 : betaQuantile(0.025, hits, of - hits + 1);
  const high = hits === of ? 1 : betaQuantile(0.975, hits + 1, of - hits);
  return { below: hits / of - low, above: high - hits / of };
}

/** Of the mean of each group's sums of `values` over `of`, with Student's t. */
export function clusterReach(
  values: readonly number[],
  of: readonly number[],
  groups: readonly string[],
): Reach | undefined {
  const total = of.reduce((sum, each) => sum + each, 0);
  const mean = values.reduce((sum, each) => sum + each, 0) / total;
  const residuals = new Map<string, number>();
  values.forEach((value, row) => {
    const group = groups[row] as string;
    residuals.set(group, (residuals.get(group) ?? 0) + value - mean * (of[row] as number));
  });
  const units = residuals.size;
  if (units < 2 || total === 0) return undefined;
  const squares = [...residuals.values()].reduce((sum, each) => sum + each * each, 0);
  return evenly((studentQuantile(0.975, units - 1) * Math.sqrt((squares * units) / (units - 1))) / total);
}

/** DeLong, DeLong and Clarke-Pearson (1988), for one area or for the difference of two on the same rows. */
export function delongReach(rows: Scored, baseline: Scored | undefined): Reach | undefined {
  const ours = placements(rows);
  if (ours === undefined) return undefined;
  const theirs = baseline && placements(baseline);
  const variance = (side: "positives" | "negatives"): number => {
    const values = ours[side].map((value, i) => value - (theirs?.[side][i] ?? 0));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1) / values.length;
  };
  return evenly(1.959964 * Math.sqrt(variance("positives") + variance("negatives")));
}

/** Of each positive the share of negatives that it outranks, and of each negative that of positives that outrank it. */
function placements({ labels, probabilities, scores }: Scored) {
  const values = (row: number) =>
    probabilities ? (probabilities.values[2 * row + 1] as number) : (scores?.values[row] as number);
  const positives = labels.flatMap((label, row) => (label === 1 ? [values(row)] : []));
  const negatives = labels.flatMap((label, row) => (label === 1 ? [] : [values(row)]));
  if (positives.length < 2 || negatives.length < 2) return undefined;
  const [up, down] = [Float64Array.from(positives).sort(), Float64Array.from(negatives).sort()];
  return {
    positives: positives.map((value) => below(down, value) / negatives.length),
    negatives: negatives.map((value) => 1 - below(up, value) / positives.length),
  };
}

/** How many of the sorted values are below `value`, equal ones counting half. */
function below(sorted: Float64Array, value: number): number {
  const place = (strict: boolean) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const each = sorted[middle] as number;
      if (each < value || (!strict && each === value)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return (place(true) + place(false)) / 2;
}
