import type { Comparison, Evaluation, MetricComparison, MetricResult, MetricValue } from "../../schemas/evaluation.ts";
import type { Gate, SliceFilter } from "../../schemas/gate.ts";
import { MEASURED_METRICS, type MetricDefinition } from "../../schemas/metric-spec.ts";
import type { TryTerms } from "../../schemas/try.ts";
import { definitionWords, sameDefinition } from "../metrics/definition.ts";
import { findSlice, wholeNumber } from "../same-slice.ts";
import type { GateReason } from "./gate-reasons.ts";
import { sliceWords } from "./gate-words.ts";
import { minRows } from "./min-rows.ts";

/** What a gate is checked against. `metrics`, from the spec, wins over nothing: a direction that disagrees is inconclusive. */
export interface GateEvidence {
  evaluation: Evaluation;
  comparisons: readonly Comparison[];
  /** The tries that the answer rests on. Without one no gate with a confidence is answered. */
  tries: readonly TryTerms[];
  metrics?: Readonly<Record<string, { greaterIsBetter: boolean }>>;
}

/** Evidence that cannot answer a gate: the stable code, and what was found in words. */
export interface Missing {
  reason: GateReason;
  found: string;
}

interface FoundValue {
  measure: MetricValue;
  rows: number;
}

interface FoundDifference {
  candidate: number;
  baseline: number;
  difference: MetricValue;
  rows: number;
  greaterIsBetter: boolean;
}

/** The candidate's own value behind a gate. */
export function findValue(gate: Gate, evaluation: Evaluation): FoundValue | Missing {
  const place = findPlace(gate, { rows: evaluation.test.rows, ...evaluation });
  if ("reason" in place) return place;
  const result = own(place.metrics, gate.metric);
  if (result === undefined) return metricMissing(gate, Object.keys(place.metrics));
  const measure = ofClass(gate, result);
  return measure === undefined ? classMissing(gate, result) : { measure, rows: place.rows };
}

/** Candidate and baseline behind a comparing gate, on the same rows. */
export function findDifference(gate: Gate, comparison: Comparison, evidence: GateEvidence): FoundDifference | Missing {
  const measured = isMeasured(gate.metric);
  if (comparison.predictions === "unavailable" && !measured) {
    const why = comparison.reason === undefined ? "" : `: ${comparison.reason}`;
    return { reason: "BASELINE_UNAVAILABLE", found: `${comparison.stage}'s predictions are not to be had${why}` };
  }
  const test = evidence.evaluation.test;
  if (comparison.test_sha256 !== undefined && comparison.test_sha256 !== test.sha256) {
    return { reason: "COMPARISON_STALE", found: `the comparison with ${comparison.stage} was made on other test data` };
  }
  const place = findPlace(gate, measured ? { ...comparison, rows: test.rows } : comparison);
  if ("reason" in place) return place;
  const metric = own(place.metrics, gate.metric);
  if (metric === undefined) return metricMissing(gate, Object.keys(place.metrics));
  const pair = ofClass(gate, metric);
  if (pair === undefined) return classMissing(gate, metric);
  const { candidate, baseline, difference } = pair;
  if (!isNumber(candidate) || !isNumber(baseline) || !isNumber(difference.value)) {
    return { reason: "VALUE_UNDEFINED", found: `no difference: ${difference.reason ?? undefinedSide(candidate)}` };
  }
  const declared = own(evidence.metrics ?? {}, gate.metric)?.greaterIsBetter;
  const recorded = own(evidence.evaluation.metrics, gate.metric)?.greater_is_better;
  const greaterIsBetter = metric.greater_is_better;
  if ([declared, recorded].some((direction) => direction !== undefined && direction !== greaterIsBetter)) {
    return { reason: "DIRECTION_UNCLEAR", found: `whether a larger ${gate.metric} is better has changed` };
  }
  return { candidate, baseline, difference, rows: place.rows, greaterIsBetter };
}

/** Whether an evaluation's metric is another function, or has other arguments, than the floor's; it may have none. */
export function measuredOtherwise(
  gate: Gate,
  definition: MetricDefinition,
  evaluation: Evaluation,
): Missing | undefined {
  const found = own(evaluation.metrics, gate.metric);
  if (found === undefined) return undefined;
  const measured = { function: found.function, arguments: found.arguments ?? {} };
  if (sameDefinition(measured, definition)) return undefined;
  const words = `${gate.metric} was measured as ${definitionWords(measured)}`;
  return { reason: "METRIC_DIFFERS", found: `${words}; the policy says ${definitionWords(definition)}` };
}

const isMeasured = (metric: string) => (MEASURED_METRICS as readonly string[]).includes(metric);

/** The own property of a record whose keys come from users: `constructor` is no metric. */
export function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

export function isNumber(value: number | null | undefined): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

interface Place<T> {
  rows: number;
  metrics: Record<string, T>;
}

function findPlace<T>(
  gate: Gate,
  whole: Place<T> & { slices?: (Place<T> & { slice: SliceFilter })[] | undefined },
): Place<T> | Missing {
  const { slice } = gate;
  const place = slice === undefined ? whole : findSlice(whole.slices, slice);
  if (place === undefined) {
    return { reason: "SLICE_MISSING", found: `no test rows were evaluated where ${sliceWords(slice ?? {})}` };
  }
  // A time or a size is measured once, however many rows there are.
  const least = isMeasured(gate.metric) ? 0 : minRows(gate);
  if (place.rows >= least) return place;
  return { reason: "TOO_FEW_ROWS", found: `${place.rows} test rows, fewer than ${least}` };
}

function ofClass<T extends { class: string }, M>(
  gate: Gate,
  metric: M & { classes?: T[] | undefined },
): T | M | undefined {
  if (gate.class === undefined) return metric;
  const text = String(gate.class);
  const whole = wholeNumber(text);
  const named = (name: string) => metric.classes?.find((each) => each.class === name);
  return named(text) ?? (whole === undefined ? undefined : named(String(whole)));
}

function metricMissing(gate: Gate, names: string[]): Missing {
  const known = names.length === 0 ? "no metric is" : `there are ${names.sort().slice(0, 10).join(", ")}`;
  return { reason: "METRIC_MISSING", found: `no ${gate.metric} there; ${known}` };
}

function classMissing(gate: Gate, metric: Pick<MetricResult | MetricComparison, "classes">): Missing {
  const classes = metric.classes?.map((each) => each.class).slice(0, 10);
  const known =
    classes === undefined ? "the metric is not reported by class (average: none)" : `classes: ${classes.join(", ")}`;
  return { reason: "CLASS_MISSING", found: `no class ${gate.class}; ${known}` };
}

function undefinedSide(candidate: number | null): string {
  return isNumber(candidate) ? "the baseline's value is undefined" : "the candidate's value is undefined";
}
