import { join } from "node:path";
import type { Comparison, Evaluation, MetricComparison } from "../../schemas/evaluation.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import { MEASURED_METRICS } from "../../schemas/metric-spec.ts";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { StageName } from "../../schemas/names.ts";
import { joinKept, joinPredictions } from "../data/join.ts";
import type { PreparedData } from "../data/prepare.ts";
import { SlipwayError } from "../errors.ts";
import { compareMetrics } from "../metrics/compare.ts";
import type { EvaluateOptions } from "../metrics/evaluate.ts";
import type { Scored } from "../metrics/scored.ts";
import type { ReadableStore } from "../stores/near-first.ts";
import type { Compared, RunSource } from "./run-source.ts";

/** A candidate's test rows and predictions, however they came: from a run just made, or from the store. */
export interface Candidate {
  spec: ModelSpec;
  prepared: PreparedData;
  scored: Scored;
  evaluation: Evaluation;
  /** What a version's own predict code says of these rows, and the candidate's own metrics of that. */
  recompute(live: Manifest): Promise<{ predictions: string; scores: Readonly<Record<string, string>> }>;
}

/**
 * Compares a candidate with the version that is in each stage, on the candidate's test rows: with the version's kept
 * predictions while the test data is the same, otherwise with what its own predict code says at its own commit. What cannot
 * be compared is said in the comparison, not thrown. No user code runs here.
 */
export async function compareWithStages(
  source: Pick<RunSource, "kept">,
  stages: Compared["stages"],
  candidate: Candidate,
  options: EvaluateOptions,
): Promise<Comparison[]> {
  const rows = new Map<number, ReturnType<typeof baselineRows>>();
  const rowsOf = (live: Manifest) => {
    const known = rows.get(live.version) ?? baselineRows(source, live, candidate);
    rows.set(live.version, known);
    return known;
  };
  const comparisons: Comparison[] = [];
  for (const { stage, live } of stages) {
    if (live) comparisons.push(await compareWith(rowsOf, stage, live, candidate, options));
    else comparisons.push({ stage, predictions: "none", rows: 0, metrics: {} });
  }
  return comparisons;
}

async function compareWith(
  rowsOf: (live: Manifest) => ReturnType<typeof baselineRows>,
  stage: StageName,
  live: Manifest,
  candidate: Candidate,
  options: EvaluateOptions,
): Promise<Comparison> {
  const rows = candidate.scored.ids.length;
  const about = { stage, version: live.version, rows, test_sha256: candidate.prepared.test.sha256 };
  const measured = compareMeasured(candidate.evaluation, live.evaluation);
  try {
    const baseline = await rowsOf(live);
    const steps = options.steps?.filter(({ versus }) => versus === undefined || versus === stage);
    const { metrics, slices, method } = compareMetrics(candidate.scored, baseline.scored, { ...options, steps });
    return { ...about, predictions: baseline.from, metrics: { ...metrics, ...measured }, slices, method };
  } catch (error) {
    if (!(error instanceof SlipwayError) || error.code === "INTERRUPTED") throw error;
    return { ...about, predictions: "unavailable", reason: error.message, metrics: measured };
  }
}

async function baselineRows(
  source: Pick<RunSource, "kept">,
  live: Manifest,
  { prepared, spec, recompute }: Candidate,
): Promise<{ scored: Scored; from: "kept" | "recomputed" }> {
  const kept = await source.kept(live, prepared);
  if (kept) return { scored: kept, from: "kept" };
  const { predictions, scores } = await recompute(live);
  const { scored } = await joinPredictions({ prepared, spec, predictions, scores });
  return { scored, from: "recomputed" };
}

/**
 * A version's kept predictions on these rows; undefined where they are of other rows, gone, or do not fit any more: then
 * they can be made again. `folder` is for what is thrown away.
 */
export async function keptRows(
  store: Pick<ReadableStore, "getFile">,
  live: Manifest,
  { prepared, spec, folder }: { prepared: PreparedData; spec: ModelSpec; folder: string },
): Promise<Scored | undefined> {
  if (live.data.test.sha256 !== prepared.test.sha256) return undefined;
  const kept = join(folder, `kept-${live.version}-${prepared.testRows.sha256.slice(0, 12)}.parquet`);
  try {
    await store.getFile(live.predictions, kept);
    return await joinKept({ prepared, spec, kept });
  } catch (error) {
    if (!(error instanceof SlipwayError) || error.code === "INTERRUPTED") throw error;
    return undefined;
  }
}

/** Times and sizes are recorded, not resampled: they are compared as they were measured. */
function compareMeasured(candidate: Evaluation, baseline: Evaluation): Record<string, MetricComparison> {
  const pairs = MEASURED_METRICS.flatMap((name): [string, MetricComparison][] => {
    const ours = candidate.metrics[name];
    const theirs = baseline.metrics[name];
    if (ours?.value == null || theirs?.value == null) return [];
    const { greater_is_better } = ours;
    const difference = { value: ours.value - theirs.value };
    return [[name, { candidate: ours.value, baseline: theirs.value, difference, greater_is_better }]];
  });
  return Object.fromEntries(pairs);
}
