import type { MetricComparison, MetricResult, MetricValue } from "../../schemas/evaluation.ts";
import { MEASURED_METRICS } from "../../schemas/metric-spec.ts";

/** A metric's one number, or one class's of it. */
export type Scalar = MetricValue & { greater_is_better: boolean };

/**
 * The metrics that are numbers, by the name to show: one with a value for each class is one for each, a matrix is none.
 * What is measured (time, size) stands last.
 */
export function scalarMetrics(metrics: Readonly<Record<string, MetricResult>>): [name: string, value: Scalar][] {
  return measuredLast(metrics).flatMap(([name, metric]): [string, Scalar][] => {
    if (metric.matrix !== undefined) return [];
    return metric.classes === undefined
      ? [[name, metric]]
      : metric.classes.map((each) => [ofClass(name, each.class), { ...metric, ...each }]);
  });
}

/** The same of a comparison; `metrics` are the candidate's, which tell what is a matrix. */
export function scalarPairs(
  pairs: Readonly<Record<string, MetricComparison>>,
  metrics: Readonly<Record<string, MetricResult>>,
): [name: string, pair: MetricComparison][] {
  return measuredLast(pairs).flatMap(([name, pair]): [string, MetricComparison][] => {
    if (Object.hasOwn(metrics, name) && metrics[name]?.matrix !== undefined) return [];
    return pair.classes === undefined
      ? [[name, pair]]
      : pair.classes.map((each) => [ofClass(name, each.class), { ...pair, ...each }]);
  });
}

function measuredLast<Value>(metrics: Readonly<Record<string, Value>>): [string, Value][] {
  const measured = (name: string) => (MEASURED_METRICS as readonly string[]).indexOf(name);
  return Object.entries(metrics).sort(([a], [b]) => measured(a) - measured(b));
}

function ofClass(name: string, value: string): string {
  return `${name} of ${value}`;
}
