import { join } from "node:path";
import type { Comparison, Evaluation, MetricComparison } from "../../schemas/evaluation.ts";
import type { Gate } from "../../schemas/gate.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import { MEASURED_METRICS } from "../../schemas/metric-spec.ts";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { StageName } from "../../schemas/names.ts";
import { joinKept, joinPredictions } from "../data/join.ts";
import { SlipwayError } from "../errors.ts";
import { compareMetrics } from "../metrics/compare.ts";
import type { EvaluateOptions } from "../metrics/evaluate.ts";
import type { Scored } from "../metrics/scored.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import { findSlice } from "../same-slice.ts";
import type { VersionRows } from "../stages/version-rows.ts";
import type { Ports } from "./ports.ts";
import { modelOf } from "./project.ts";
import { evaluatedVersion } from "./registered.ts";

/** A candidate's test rows and predictions, however they came: from a run just made, from the store, or from other jobs. */
export interface CandidateRows extends Pick<VersionRows, "scored" | "prepared" | "folder"> {
  spec: ModelSpec;
  evaluation: Evaluation;
  /** What a version's own predict code says of these rows, and the candidate's own metrics of that. */
  recompute(live: Manifest): Promise<{ predictions: string; scores: Readonly<Record<string, string>> }>;
}

/** Recomputes in this process: the version's code at its own commit. Rejects with UNSUPPORTED on a host that runs no user code. */
export function recomputeHere(
  ports: Pick<Ports, "objects" | "runsUserCode">,
  rows: Pick<VersionRows, "predict" | "score">,
): CandidateRows["recompute"] {
  return async (live) => {
    if (live.imported && !live.evaluation.binding)
      throw new SlipwayError("NOT_EVALUATED", `version ${live.version} was imported, and nobody evaluated it yet`);
    if (!ports.runsUserCode) {
      throw new SlipwayError(
        "UNSUPPORTED",
        `version ${live.version} would have to predict again, which this host does not: run the pipeline again (/retry)`,
      );
    }
    const model = await modelOf(ports, live);
    const predictions = await rows.predict(model, live.artifact);
    return { predictions, scores: await rows.score(predictions) };
  };
}

/**
 * Compares a candidate with the version that is in each stage, on the candidate's test rows: with the version's
 * kept predictions while the test data is the same, otherwise with what its own predict code says at its own commit,
 * where this process may run it.
 * What cannot be compared is said in the comparison, not thrown.
 */
export async function compareWithStages(
  ports: Pick<Ports, "store">,
  snapshot: RegistrySnapshot,
  model: string,
  stages: Iterable<StageName>,
  candidate: CandidateRows,
  options: EvaluateOptions,
): Promise<Comparison[]> {
  const record = await snapshot.model(model);
  const comparisons: Comparison[] = [];
  for (const stage of new Set(stages)) {
    const version = record?.stages[stage]?.version;
    const live = version === undefined ? undefined : await evaluatedVersion(snapshot, model, version);
    if (version === undefined || !live) {
      comparisons.push({ stage, predictions: "none", rows: 0, metrics: {} });
      continue;
    }
    comparisons.push(await compareWith(ports, stage, live.manifest, candidate, options));
  }
  return comparisons;
}

async function compareWith(
  ports: Pick<Ports, "store">,
  stage: StageName,
  live: Manifest,
  candidate: CandidateRows,
  options: EvaluateOptions,
): Promise<Comparison> {
  const rows = candidate.scored.ids.length;
  const about = { stage, version: live.version, rows, test_sha256: candidate.prepared.test.sha256 };
  const measured = compareMeasured(candidate.evaluation, live.evaluation);
  try {
    const baseline = await baselineRows(ports, live, candidate);
    const { metrics, slices, method } = compareMetrics(candidate.scored, baseline.scored, options);
    return { ...about, predictions: baseline.from, metrics: { ...metrics, ...measured }, slices, method };
  } catch (error) {
    if (!(error instanceof SlipwayError) || error.code === "INTERRUPTED") throw error;
    return { ...about, predictions: "unavailable", reason: error.message, metrics: measured };
  }
}

async function baselineRows(
  ports: Pick<Ports, "store">,
  live: Manifest,
  candidate: CandidateRows,
): Promise<{ scored: Scored; from: "kept" | "recomputed" }> {
  const { prepared, spec } = candidate;
  const kept = await keptRows(ports, live, candidate);
  if (kept) return { scored: kept, from: "kept" };
  const { predictions, scores } = await candidate.recompute(live);
  const { scored } = await joinPredictions({ prepared, spec, predictions, scores });
  return { scored, from: "recomputed" };
}

/**
 * A version's kept predictions on these rows; undefined where they are of other rows, gone, or do not fit any more: then
 * they can be made again.
 */
export async function keptRows(
  ports: Pick<Ports, "store">,
  live: Manifest,
  { prepared, spec, folder }: Pick<CandidateRows, "prepared" | "spec" | "folder">,
): Promise<Scored | undefined> {
  if (live.data.test.sha256 !== prepared.test.sha256) return undefined;
  const kept = join(folder, `kept-${live.version}.parquet`);
  try {
    await ports.store.getFile(live.predictions, kept);
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

/** Whether a comparison holds what a gate asks for: its metric, its slice and its confidence. */
export function answers(comparison: Comparison, gate: Gate): boolean {
  if (comparison.predictions === "none") return true;
  const { slice } = gate;
  const metrics = slice ? findSlice(comparison.slices, slice)?.metrics : comparison.metrics;
  const metric = metrics?.[gate.metric];
  if (!metric || gate.confidence === undefined) return metric !== undefined;
  const parts = metric.classes?.map(({ difference }) => difference) ?? [metric.difference];
  return parts.every(({ intervals }) => intervals?.some(({ confidence }) => confidence === gate.confidence));
}
