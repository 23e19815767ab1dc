import type { IntervalMethod, MetricResult, MetricValue, SliceResult } from "../../schemas/evaluation.ts";
import type { SliceFilter } from "../../schemas/gate.ts";
import type { MetricSpec } from "../../schemas/metric-spec.ts";
import { SlipwayError } from "../errors.ts";
import { findSlice } from "../same-slice.ts";
import { metricInfo } from "./catalog.ts";
import { classesOf } from "./classes.ts";
import { compileMetric, frameOf } from "./compile.ts";
import { definitionOf } from "./definition.ts";
import { inSteps, type Threshold, thresholdsFor } from "./in-steps.ts";
import { type Estimate, estimate, INTERVAL_METHOD } from "./interval.ts";
import type { CompiledMetric, Frame } from "./metric-row.ts";
import { aboutMetric, type PlaceOf } from "./refuse.ts";
import { type Sampling, samplingOf } from "./sampling.ts";
import type { Scored, Value } from "./scored.ts";
import { type Slice, selectRows, slicesOf } from "./slices.ts";
import type { Statistic } from "./statistic.ts";

/** Of a slice that is shown in steps, where no gate asks for it. */
const FEWEST_ROWS = 10;

export interface EvaluateOptions {
  metrics: Readonly<Record<string, MetricSpec>>;
  /** Columns whose values are evaluated one by one. */
  slices: readonly string[];
  /** More slices, which may combine columns: those that gates ask for. */
  filters?: readonly SliceFilter[];
  /** One-sided error rates, between 0 and 0.5, of the bounds to make; empty for no intervals. */
  levels: readonly number[];
  /** Show values in steps, told from these thresholds. Absent: as they are. */
  steps?: readonly Threshold[] | undefined;
  /** So that a refusal says where the metric stands. */
  place?: PlaceOf | undefined;
}

interface EvaluatedMetrics {
  metrics: Record<string, MetricResult>;
  slices: SliceResult[];
  classes?: string[];
  method: IntervalMethod;
}

/**
 * Every metric on all rows and on each slice, with its intervals (docs/metrics.md). Where scikit-learn gives no number,
 * and where a slice lacks what a metric needs, the value is null with its reason. Throws SlipwayError METRIC_UNFIT or
 * PREDICTIONS_INVALID where the rows as a whole make a metric impossible to ask for, METRIC_UNDEFINED without rows.
 */
export function evaluateMetrics(scored: Scored, options: EvaluateOptions): EvaluatedMetrics {
  requireRows(scored);
  const classes = scored.task === "classification" ? classesOf(scored.labels, scored.predictions).values : undefined;
  const sampling = samplingOf(scored);
  const columns = columnsBeyond(scored);
  const metrics = evaluateRows(scored, sampling, options, "throw", columns);
  const slices = shownSlices(scored, options).map(({ slice, rows }) => {
    const part = selectRows(scored, rows);
    const metrics = evaluateRows(part, samplingOf(part), options, "null", columns, slice);
    return { slice, rows: rows.length, metrics };
  });
  const names = classes && (scored.probabilities?.classes ?? classes).map(String);
  return { metrics, slices, ...(names ? { classes: names } : {}), method: methodOf(sampling) };
}

/** With values in steps no slice of a few rows: its value is one of a few, and many such slices are the whole. */
export function shownSlices(scored: Scored, { slices, filters = [], steps }: EvaluateOptions): Slice[] {
  const found = slicesOf(scored, slices, filters);
  if (steps === undefined) return found;
  return found.filter(
    (each) => each.rows.length >= FEWEST_ROWS || filters.some((filter) => findSlice([each], filter) !== undefined),
  );
}

/** The classes that predict writes columns of, where these are more than the test labels have. */
function columnsBeyond({ labels, probabilities, scores }: Scored): readonly Value[] | undefined {
  const columns = probabilities?.classes ?? scores?.classes;
  if (columns === undefined || labels.length === 0) return undefined;
  const known = classesOf(labels);
  return columns.some((value) => known.indexOf(value) < 0) ? columns : undefined;
}

export function methodOf(sampling: Sampling): IntervalMethod {
  const { unit, units } = sampling;
  return { name: INTERVAL_METHOD, unit, units };
}

export function requireRows(scored: Scored): void {
  if (scored.ids.length > 0) return;
  throw new SlipwayError("METRIC_UNDEFINED", "There are no test rows.", {
    expected: "one row or more",
    found: "none",
    hint: "Look at `test` (or `split`) under data.",
  });
}

/** Compiles each metric; a refusal is thrown with the metric's name, or kept as the reason for having no value. */
export function compileMetrics(
  frame: Frame,
  metrics: EvaluateOptions["metrics"],
  refusals: "throw" | "null",
  place?: PlaceOf,
): Map<string, CompiledMetric | string> {
  const compiled = new Map<string, CompiledMetric | string>();
  for (const [name, spec] of Object.entries(metrics)) {
    try {
      if (frame.scored.ids.length === 0) compiled.set(name, "no rows");
      else compiled.set(name, compileMetric(name, spec, frame));
    } catch (error) {
      if (!(error instanceof SlipwayError)) throw error;
      if (refusals === "throw") throw aboutMetric(name, error, place);
      compiled.set(name, error.message);
    }
  }
  return compiled;
}

function evaluateRows(
  scored: Scored,
  sampling: Sampling,
  options: EvaluateOptions,
  refusals: "throw" | "null",
  columns: readonly Value[] | undefined,
  slice?: SliceFilter,
): Record<string, MetricResult> {
  const compiled = compileMetrics(frameOf(scored), options.metrics, refusals, options.place);
  const statistics = [...compiled.values()].flatMap((metric) =>
    typeof metric === "string" ? [] : metric.parts.map((part) => part.statistic),
  );
  const estimates = estimate(statistics, sampling, { ...options, n: scored.ids.length });
  const found = new Map(statistics.map((statistic, i) => [statistic, estimates[i] as Estimate]));
  const { steps } = options;
  const shown = (metric: string, { class: ofClass, statistic }: CompiledMetric["parts"][number]): MetricValue => {
    const exact = found.get(statistic) as Estimate;
    if (steps === undefined) return metricValue(statistic, exact);
    const thresholds = thresholdsFor(steps, { metric, class: ofClass, slice });
    return metricValue(statistic, inSteps(exact, statistic, thresholds, { n: scored.ids.length, sampling }));
  };
  return Object.fromEntries(
    Object.entries(options.metrics).map(([name, spec]) => {
      const asked = { positive: scored.positive, columns, isExact: steps === undefined };
      return [name, resultOf(spec, asked, compiled.get(name) ?? "", (part) => shown(name, part))];
    }),
  );
}

function resultOf(
  spec: MetricSpec,
  asked: { positive: Value | undefined; columns: readonly Value[] | undefined; isExact: boolean },
  metric: CompiledMetric | string,
  shown: (part: CompiledMetric["parts"][number]) => MetricValue,
): MetricResult {
  const info = metricInfo(spec);
  const about = {
    function: info.function,
    ...("run" in spec ? {} : { arguments: definitionOf(spec, asked.positive, asked.columns).arguments }),
    greater_is_better: info.greaterIsBetter,
  };
  if (typeof metric === "string") return { value: null, reason: metric, ...about };
  if (metric.matrix && !asked.isExact) return { value: null, reason: "a matrix is not shown in steps", ...about };
  if (metric.matrix) return { value: null, reason: "a matrix is not one value", ...about, matrix: metric.matrix };
  const values = metric.parts.map(shown);
  if (metric.parts.some((part) => part.class !== undefined)) {
    const classes = metric.parts.map((part, i) => ({ ...(values[i] as MetricValue), class: String(part.class) }));
    return { value: null, reason: "average: none has a value for each class", ...about, classes };
  }
  return { ...(values[0] as MetricValue), ...about };
}

export function metricValue(statistic: Statistic, { value, intervals, step, reason }: Estimate): MetricValue {
  if (Number.isNaN(value)) return { value: null, reason: statistic.reason ?? "undefined on these rows" };
  if (!Number.isFinite(value)) return { value: null, reason: "too large for a number" };
  const about = step === undefined ? {} : { step };
  return { value, ...(intervals ? { intervals } : {}), ...about, ...(reason === undefined ? {} : { reason }) };
}
