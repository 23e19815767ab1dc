import type { BuiltinMetric, BuiltinMetricName } from "../../schemas/metric-spec.ts";
import type { Task } from "../../schemas/model-spec.ts";
import type { JsonValue } from "../../schemas/names.ts";
import type { Scored, Value } from "./scored.ts";
import type { Statistic } from "./statistic.ts";

/** A function of scikit-learn with its arguments, as a spec writes it. */
export type SpecOf<Name extends BuiltinMetricName> = Extract<BuiltinMetric, { metric: Name }>;

/** A metric against its rows: one part, or one per class; or a matrix. */
export interface CompiledMetric {
  parts: { class?: Value; statistic: Statistic }[];
  matrix?: { labels: string[]; values: number[][] };
}

export const one = (statistic: Statistic): CompiledMetric => ({ parts: [{ statistic }] });

/** One set of rows. What its metrics share is made when the first of them asks for it. */
export interface Frame {
  scored: Scored;
  share<Made>(make: (scored: Scored) => Made): Made;
}

export interface MetricFacts {
  greaterIsBetter: boolean;
  /** What the rows must hold; `scores` is proba_ columns or score columns. */
  needs: readonly ("labels" | "predictions" | "scores" | "probabilities")[];
  tasks: readonly Task[];
  /** The ends that it lies between, with the arguments' defaults: infinite where there is none. */
  range?: readonly [number, number];
}

/** All that is known of a metric besides its arguments' types, which schemas/metric-spec.ts has. */
export interface MetricRow<Name extends BuiltinMetricName = BuiltinMetricName> extends MetricFacts {
  /** Scorers' and short names: what people write where this function is meant. */
  shortNames?: readonly string[];
  /** scikit-learn's defaults (1.9.1): written out or left out, they mean the same. */
  defaults?: { readonly [Argument in Exclude<keyof SpecOf<Name>, "metric">]?: JsonValue };
  /** Whether the label's positive class is a part of what is measured; absent if it never is. */
  takesPositive?(spec: SpecOf<Name>): boolean;
  /** Throws SlipwayError METRIC_UNFIT or PREDICTIONS_INVALID if the rows make the metric impossible to ask for. */
  compile(frame: Frame, spec: SpecOf<Name>): CompiledMetric;
}

/** The rows of one file's functions. */
export type MetricRows = { readonly [Name in BuiltinMetricName]?: MetricRow<Name> };
