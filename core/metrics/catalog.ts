import { BuiltinMetric, type BuiltinMetricName, type MetricSpec } from "../../schemas/metric-spec.ts";
import { AGREEMENT_METRICS } from "./agreement.ts";
import { LABEL_METRICS } from "./label-metrics.ts";
import type { MetricFacts, MetricRow } from "./metric-row.ts";
import { PROBABILITY_METRICS } from "./probability-metrics.ts";
import { RANKING_METRICS } from "./ranking-metrics.ts";
import { REGRESSION_METRICS } from "./regression-metrics.ts";

/** Each metric's row stands beside its function. A function of the schema that has no row does not compile here. */
const CATALOG: { readonly [Name in BuiltinMetricName]: MetricRow<Name> } = {
  ...LABEL_METRICS,
  ...RANKING_METRICS,
  ...PROBABILITY_METRICS,
  ...AGREEMENT_METRICS,
  ...REGRESSION_METRICS,
};

export function metricRow(name: BuiltinMetricName): MetricRow {
  return CATALOG[name];
}

/** What a metric is: its function (or `own`), direction, needs and tasks. */
export function metricInfo(spec: MetricSpec): MetricFacts & { function: string } {
  return "run" in spec
    ? {
        function: "own",
        greaterIsBetter: spec["greater-is-better"],
        needs: [],
        tasks: ["classification", "regression", "custom"],
      }
    : { ...metricRow(spec.metric), function: spec.metric };
}

/** Every function's name. */
export const METRIC_FUNCTIONS: readonly BuiltinMetricName[] = BuiltinMetric.options.map(
  ({ shape }) => [...shape.metric.values][0] as BuiltinMetricName,
);
