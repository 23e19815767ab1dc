import type { IntervalMethod, MetricComparison, MetricValue } from "../../schemas/evaluation.ts";
import type { SliceFilter } from "../../schemas/gate.ts";
import { SlipwayError } from "../errors.ts";
import { metricInfo } from "./catalog.ts";
import { frameOf } from "./compile.ts";
import { compileMetrics, type EvaluateOptions, methodOf, metricValue, requireRows, shownSlices } from "./evaluate.ts";
import { inSteps, thresholdsFor } from "./in-steps.ts";
import { type Estimate, estimate } from "./interval.ts";
import type { CompiledMetric } from "./metric-row.ts";
import { type Sampling, samplingOf } from "./sampling.ts";
import type { Scored } from "./scored.ts";
import { selectRows } from "./slices.ts";
import { difference, everyRow, type Statistic } from "./statistic.ts";

interface ComparedMetrics {
  metrics: Record<string, MetricComparison>;
  slices: { slice: SliceFilter; rows: number; metrics: Record<string, MetricComparison> }[];
  method: IntervalMethod;
}

/**
 * Candidate against baseline on the same test rows: each metric's difference (candidate − baseline), with intervals from
 * draws that are common to both. Rows are matched by id; slices, groups and times are the candidate's. Throws SlipwayError
 * PREDICTIONS_INVALID where the ids or labels differ, METRIC_UNFIT as evaluateMetrics does for the candidate; what the
 * baseline cannot be asked (it writes no probabilities, say) is null with its reason.
 */
export function compareMetrics(candidate: Scored, baseline: Scored, options: EvaluateOptions): ComparedMetrics {
  requireRows(candidate);
  const matched = matchRows(candidate, baseline);
  const sampling = samplingOf(candidate);
  const metrics = compareRows(candidate, matched, sampling, options, "throw");
  const slices = shownSlices(candidate, options).map(({ slice, rows }) => {
    const part = selectRows(candidate, rows);
    const compared = compareRows(part, selectRows(matched, rows), samplingOf(part), options, "null", slice);
    return { slice, rows: rows.length, metrics: compared };
  });
  return { metrics, slices, method: methodOf(sampling) };
}

/** The baseline's rows in the candidate's order. */
function matchRows(candidate: Scored, baseline: Scored): Scored {
  const places = new Map(baseline.ids.map((id, row) => [id, row]));
  const rows = candidate.ids.map((id) => places.get(id) ?? -1);
  const missing = rows.indexOf(-1);
  if (missing >= 0 || places.size !== candidate.ids.length || baseline.ids.length !== places.size) {
    throw new SlipwayError("PREDICTIONS_INVALID", "Candidate and baseline were not predicted on the same rows.", {
      expected: `the candidate's ${candidate.ids.length} ids, each once`,
      found:
        missing >= 0
          ? `no baseline prediction for id ${candidate.ids[missing]}`
          : `${baseline.ids.length} baseline rows`,
      hint: "Run the baseline's predict on this test data.",
    });
  }
  const matched = selectRows(baseline, rows);
  const other = candidate.labels.findIndex((label, row) => label !== matched.labels[row]);
  if (other < 0) return matched;
  throw new SlipwayError("PREDICTIONS_INVALID", "Candidate and baseline were scored with different labels.", {
    expected: "equal labels",
    found: `a difference at id ${candidate.ids[other]}`,
    hint: "Score both with the same test data.",
  });
}

interface Pair {
  class?: string;
  candidate: Statistic;
  baseline: Statistic;
  difference: Statistic;
}

function compareRows(
  candidate: Scored,
  baseline: Scored,
  sampling: Sampling,
  options: EvaluateOptions,
  refusals: "throw" | "null",
  slice?: SliceFilter,
): Record<string, MetricComparison> {
  const n = candidate.ids.length;
  const ours = compileMetrics(frameOf(candidate), options.metrics, refusals);
  const theirs = compileMetrics(frameOf(baseline), options.metrics, "null");
  const pairs = new Map<string, Pair[] | string>();
  for (const name of Object.keys(options.metrics)) {
    pairs.set(name, pairUp(ours.get(name) ?? "", theirs.get(name) ?? "", n));
  }
  const statistics = [...pairs.values()].flatMap((of) =>
    typeof of === "string" ? [] : of.map((pair) => pair.difference),
  );
  const estimates = estimate(statistics, sampling, { ...options, n });
  const found = new Map(statistics.map((statistic, i) => [statistic, estimates[i] as Estimate]));
  const { steps } = options;
  const plain = everyRow(n);
  const shown = (metric: string, greaterIsBetter: boolean, pair: Pair): Compared => {
    const values = [pair.candidate, pair.baseline].map((statistic) => ({ value: statistic.value(plain) }));
    const exact = found.get(pair.difference) as Estimate;
    if (steps === undefined) return compared(pair, values, exact);
    const about = { metric, class: pair.class, slice };
    const rows = { n, sampling };
    const own = thresholdsFor(steps, about);
    const each = [pair.candidate, pair.baseline].map((statistic, i) =>
      inSteps(values[i] as Estimate, statistic, own, rows),
    );
    const between = thresholdsFor(steps, { ...about, difference: { greaterIsBetter } });
    const magnitudes = values.map(({ value }) => value);
    return compared(pair, each, inSteps(exact, pair.difference, between, { ...rows, magnitudes }));
  };
  return Object.fromEntries(
    Object.entries(options.metrics).map(([name, spec]) => {
      const { greaterIsBetter } = metricInfo(spec);
      return [name, comparisonOf(greaterIsBetter, pairs.get(name) ?? "", (pair) => shown(name, greaterIsBetter, pair))];
    }),
  );
}

type Compared = Pick<MetricComparison, "candidate" | "baseline" | "difference">;

function compared({ difference }: Pair, values: readonly { value: number }[], between: Estimate): Compared {
  const [candidate = null, baseline = null] = values.map(({ value }) => (Number.isFinite(value) ? value : null));
  return { candidate, baseline, difference: metricValue(difference, between) };
}

function pairUp(ours: CompiledMetric | string, theirs: CompiledMetric | string, n: number): Pair[] | string {
  if (typeof ours === "string") return ours;
  if (typeof theirs === "string") return `the baseline has no value: ${theirs}`;
  return ours.parts.flatMap((part) => {
    const other = theirs.parts.find((candidate) => candidate.class === part.class);
    if (!other) return [];
    const pair = {
      candidate: part.statistic,
      baseline: other.statistic,
      difference: difference(part.statistic, other.statistic, n),
    };
    return [part.class === undefined ? pair : { ...pair, class: String(part.class) }];
  });
}

function comparisonOf(
  greaterIsBetter: boolean,
  pairs: Pair[] | string,
  shown: (pair: Pair) => Compared,
): MetricComparison {
  const nothing = { candidate: null, baseline: null, greater_is_better: greaterIsBetter };
  const reason = (why: string): MetricValue => ({ value: null, reason: why });
  if (typeof pairs === "string") return { ...nothing, difference: reason(pairs) };
  const compared = pairs.map(shown);
  const [only] = compared;
  if (pairs.length === 1 && only && pairs[0]?.class === undefined) return { ...nothing, ...only };
  if (pairs.length === 0) return { ...nothing, difference: reason("a matrix is not one value") };
  const classes = compared.map((one, i) => ({ ...one, class: pairs[i]?.class ?? "" }));
  return { ...nothing, difference: reason("average: none has a value for each class"), classes };
}
