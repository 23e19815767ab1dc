import type { Comparison, MetricComparison, MetricValue } from "../../schemas/evaluation.ts";

/** The pairs of a comparison seen from the other side: what was compared with is what is compared now. Nothing new is said. */
export function reversedPairs(pairs: Comparison["metrics"]): Comparison["metrics"] {
  return Object.fromEntries(Object.entries(pairs).map(([name, pair]) => [name, reversedPair(pair)]));
}

function reversedPair({ candidate, baseline, difference, classes, ...rest }: MetricComparison): MetricComparison {
  const turned = classes?.map((each) => ({
    class: each.class,
    ...{ candidate: each.baseline, baseline: each.candidate, difference: reversed(each.difference) },
  }));
  return {
    ...rest,
    ...{ candidate: baseline, baseline: candidate, difference: reversed(difference) },
    ...(turned === undefined ? {} : { classes: turned }),
  };
}

function reversed({ value, intervals, ...rest }: MetricValue): MetricValue {
  const turned = intervals?.map(({ level, low, high }) => ({ level, low: minus(high), high: minus(low) }));
  return {
    ...rest,
    value: value === null ? null : minus(value),
    ...(turned === undefined ? {} : { intervals: turned }),
  };
}

/** No zero with a sign. */
const minus = (value: number) => 0 - value;
