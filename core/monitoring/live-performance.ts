import type { MetricResult } from "../../schemas/evaluation.ts";
import type { MetricSpec } from "../../schemas/metric-spec.ts";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { MonitorBar } from "../../schemas/monitor-spec.ts";
import type { BarResult, LivePerformance } from "../../schemas/monitoring.ts";
import { barHolds } from "../drift/bar-holds.ts";
import { DEFAULT_CONFIDENCE } from "../drift/bar-words.ts";
import { SlipwayError } from "../errors.ts";
import { metricInfo } from "../metrics/catalog.ts";
import { frameOf } from "../metrics/compile.ts";
import { compileMetrics, evaluateMetrics } from "../metrics/evaluate.ts";
import { levelFor, SHOWN_LEVEL } from "../metrics/levels.ts";
import type { Scored } from "../metrics/scored.ts";
import { selectRows, slicesOf } from "../metrics/slices.ts";
import { findSlice } from "../same-slice.ts";

type Metrics = Readonly<Record<string, MetricSpec>>;

/** Functions whose value on one class is a mean of rows that are right or wrong: what is decided over all labels rests on these. */
const OF_ROWS = new Set(["accuracy_score", "recall_score", "precision_score"]);

/**
 * Metrics of the rows whose labels have come, by the functions that scored the version; intervals at the level that reports show and
 * at those of the bars. A metric that these rows make impossible has no value, and keeps the others from nothing. A model's own
 * metrics need its program, and are left out.
 */
export function livePerformance(scored: Scored, spec: ModelSpec): Pick<LivePerformance, "metrics" | "slices" | "bars"> {
  const bars = spec.monitor?.bars ?? [];
  const builtin: Metrics = Object.fromEntries(Object.entries(spec.metrics).filter(([, metric]) => !("run" in metric)));
  const levels = [
    ...new Set([SHOWN_LEVEL, ...bars.flatMap(({ confidence = DEFAULT_CONFIDENCE }) => levelFor(1 - confidence) ?? [])]),
  ];
  const options = {
    levels: levels.sort((a, b) => b - a),
    slices: (spec.slices ?? []).filter((column) => isSliced(scored, column)),
    filters: bars.flatMap(({ slice }) =>
      slice && Object.keys(slice).every((column) => Object.hasOwn(scored.slices, column)) ? [slice] : [],
    ),
  };
  const { possible, refused } = sortOut(scored, builtin);
  const found = evaluateMetrics(scored, { ...options, metrics: possible });
  const metrics = { ...found.metrics, ...refused };
  return {
    metrics,
    slices: found.slices,
    bars: bars.map((bar) => barResult(bar, scored, builtin, { ...found, metrics })),
  };
}

/** Values that a report can hold: a column with more is none to slice by. */
const MOST_VALUES = 100;

function isSliced({ slices }: Scored, column: string): boolean {
  const values = Object.hasOwn(slices, column) ? slices[column] : undefined;
  return values !== undefined && new Set(values).size <= MOST_VALUES;
}

function sortOut(scored: Scored, metrics: Metrics): { possible: Metrics; refused: Record<string, MetricResult> } {
  const possible: Record<string, MetricSpec> = {};
  const refused: Record<string, MetricResult> = {};
  for (const [name, spec] of Object.entries(metrics)) {
    try {
      compileMetrics(frameOf(scored), { [name]: spec }, "throw");
      possible[name] = spec;
    } catch (error) {
      if (!(error instanceof SlipwayError)) throw error;
      const { function: called, greaterIsBetter } = metricInfo(spec);
      refused[name] = {
        value: null,
        reason: error.message.slice(0, 500),
        function: called,
        greater_is_better: greaterIsBetter,
      };
    }
  }
  return { possible, refused };
}

function barResult(
  bar: MonitorBar,
  scored: Scored,
  metrics: Metrics,
  found: Pick<LivePerformance, "metrics" | "slices">,
): BarResult {
  const slice = bar.slice;
  const inSlice = slice === undefined ? undefined : findSlice(found.slices, slice);
  const spec = Object.hasOwn(metrics, bar.metric) ? metrics[bar.metric] : undefined;
  const results = slice === undefined ? found.metrics : inSlice?.metrics;
  const result = results && Object.hasOwn(results, bar.metric) ? results[bar.metric] : undefined;
  const part = slice === undefined ? scored : partOf(scored, slice);
  if (spec === undefined || part === undefined || result === undefined)
    return { bar, rows: 0, value: null, holds: "unclear" };
  const counted = hitsOf(spec, part);
  const rows = counted?.rows ?? part.ids.length;
  return {
    ...{ bar, rows },
    ...(counted === undefined ? {} : { hits: counted.hits }),
    value: rows === 0 ? null : result.value,
    holds: rows === 0 ? "unclear" : barHolds(bar, result),
  };
}

function partOf(scored: Scored, slice: NonNullable<MonitorBar["slice"]>): Scored | undefined {
  if (!Object.keys(slice).every((column) => Object.hasOwn(scored.slices, column))) return undefined;
  const [found] = slicesOf(scored, [], [slice]);
  return found && selectRows(scored, found.rows);
}

/** Of a mean of rows that are 0 or 1, as its function counts them: the rows that it is about, and those that are 1. */
function hitsOf(spec: MetricSpec, scored: Scored): { rows: number; hits: number } | undefined {
  if ("run" in spec || !OF_ROWS.has(spec.metric) || ("normalize" in spec && spec.normalize === false)) return undefined;
  const compiled = compileMetrics(frameOf(scored), { metric: spec }, "null").get("metric");
  const [part, ...others] = typeof compiled === "object" ? compiled.parts : [];
  const outcomes = others.length === 0 ? part?.statistic.outcomes : undefined;
  if (outcomes === undefined) return scored.ids.length === 0 ? { rows: 0, hits: 0 } : undefined;
  let [rows, hits] = [0, 0];
  for (const outcome of outcomes) {
    if (Number.isNaN(outcome)) continue;
    rows += 1;
    hits += outcome;
  }
  return { rows, hits };
}
