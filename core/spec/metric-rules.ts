import type { MetricSpec } from "../../schemas/metric-spec.ts";
import type { DataSpec, Task } from "../../schemas/model-spec.ts";

/** What core/metrics knows of metrics, handed in: core/metrics/fitness.ts and core/metrics/catalog.ts fit as they are. */
export interface MetricRules {
  /** What is wrong with a metric as it is written, before any data is read. */
  checkMetricSpec(
    spec: MetricSpec,
    model: { task: Task; label?: DataSpec["label"]; columns?: DataSpec["columns"] },
  ): { message: string; expected?: string; hint?: string } | undefined;
  /** The function that a name most likely means. */
  suggestMetric(name: string): string | undefined;
  /** Which way is better, and the ends that values lie between, where there are some. */
  metricInfo(spec: MetricSpec): { greaterIsBetter: boolean; range?: readonly [number, number] };
}
