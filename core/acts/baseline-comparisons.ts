import { join } from "node:path";
import type { Comparison, Evaluation } from "../../schemas/evaluation.ts";
import type { AskedGate, Gate } from "../../schemas/gate.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { StageName } from "../../schemas/names.ts";
import { errorOf, SlipwayError } from "../errors.ts";
import { thresholdsOf } from "../gates/thresholds.ts";
import { evaluateOptions } from "../metrics/evaluate-options.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import { findSlice } from "../same-slice.ts";
import type { Bundle } from "../stages/bundle.ts";
import { type Candidate, compareWithStages } from "../stages/compare-versions.ts";
import { labelsKept } from "../stages/labels-kept.ts";
import { refuseUnevaluated } from "../stages/pack-versions.ts";
import { recomputeFrom } from "../stages/recompute-from.ts";
import { runStages, type StageResults } from "../stages/run-stages.ts";
import { liveVersions } from "./compared-versions.ts";
import type { Ports } from "./ports.ts";
import { modelOf } from "./project.ts";
import { type LabelsOpening, type VersionRows, withVersionRows } from "./version-rows.ts";

/** What a decision asks of a version; what its own run was asked, by which its values are shown; and the policy's `tries`. */
interface Asked {
  gates: readonly AskedGate[];
  every: readonly AskedGate[];
  budget: number | undefined;
}

/** What compares a version with those that are live, and the stages whose comparison another host may be able to make. */
export interface BaselineComparisons {
  comparisons: Comparison[];
  elsewhere: StageName[];
}

/** No other host has other bytes, or other rows. */
const EVERYWHERE: ReadonlySet<string> = new Set(["ARTIFACT_MISSING", "ARTIFACT_CORRUPT", "DATA_CHANGED"]);

const HERE = "slipway promote, on a machine with credentials for the store";

/** The comparisons that are on record while they answer the gates against what is live now; otherwise new ones. */
export async function baselineComparisons(
  ports: Ports,
  snapshot: RegistrySnapshot,
  manifest: Manifest,
  asked: Asked,
): Promise<BaselineComparisons> {
  // What was imported and not evaluated predicted nothing: there is nothing to compare.
  if (manifest.imported && !manifest.evaluation.binding) return { comparisons: [], elsewhere: [] };
  const comparing = asked.gates.map(({ gate }) => gate).filter((gate) => gate.versus !== undefined);
  const stages = [...new Set(comparing.flatMap((gate) => gate.versus ?? []))];
  const record = await snapshot.model(manifest.model);
  const liveIn = (stage: string) => record?.stages[stage]?.version;
  const later =
    comparing.length === 0
      ? []
      : await snapshot.list("comparison", manifest.model, (at) => at.version === manifest.version);
  const recorded = [...manifest.evaluation.comparisons, ...later.map(({ comparison }) => comparison)];
  const evaluatedLater = await Promise.all(stages.map((stage) => isHandedIn(snapshot, manifest.model, liveIn(stage))));
  const made = stages.map((stage, at) =>
    recorded.find(
      (each) =>
        // What was imported may have been evaluated once more since.
        !evaluatedLater[at] &&
        each.stage === stage &&
        each.version === liveIn(stage) &&
        each.predictions !== "unavailable" &&
        comparing.every((gate) => gate.versus !== stage || answers(each, gate)),
    ),
  );
  if (made.every((comparison) => comparison !== undefined)) return { comparisons: made, elsewhere: [] };
  try {
    const { comparisons } = await compareAgain(ports, snapshot, manifest, asked, stages);
    return { comparisons, elsewhere: [] };
  } catch (error) {
    // A server has neither the data's machine nor its programs: what it cannot compare is for the pipeline to do.
    if (ports.runsUserCode || !(error instanceof SlipwayError) || error.code === "INTERRUPTED") throw error;
    // What was imported has another evaluation any day, and a comparison that another host made does not name one.
    const isKept = (at: number) => manifest.imported === undefined && !evaluatedLater[at];
    const lacking = stages.filter((stage, at) => made[at] === undefined && liveIn(stage) !== undefined && isKept(at));
    const why = (at: number) =>
      isKept(at)
        ? error.message
        : `${error.message}; a version that was imported is compared by a host that may: ${HERE}`;
    return {
      comparisons: stages.map((stage, at) => made[at] ?? unavailable(stage, liveIn(stage), manifest, why(at))),
      elsewhere: EVERYWHERE.has(error.code) ? [] : lacking,
    };
  }
}

async function isHandedIn(snapshot: RegistrySnapshot, model: string, version: number | undefined): Promise<boolean> {
  return version !== undefined && (await snapshot.manifest(model, version))?.manifest.imported !== undefined;
}

/**
 * Compares as a run does: with kept predictions, or with what `baseline` and `own-metrics` make of the version's rows. Says too
 * how far this kept the labels, which `labels` opens where nothing else does, from user code.
 */
export async function compareAgain(
  ports: Ports,
  snapshot: RegistrySnapshot,
  manifest: Manifest,
  { every, budget }: Omit<Asked, "gates">,
  stages: readonly string[],
  labels?: LabelsOpening,
): Promise<Pick<Evaluation, "comparisons" | "labels" | "labels_reason">> {
  const model = await modelOf(ports, manifest);
  const live = await liveVersions(snapshot, manifest.model, stages);
  const compared = stages.map((stage) => ({ stage, live: live[stage] }));
  const gates = every.filter(({ gate }) => gate.versus === undefined || stages.includes(gate.versus));
  // As the version's own evaluation shows its values: what is compared later shows nothing finer.
  const steps = manifest.evaluation.values === "steps" ? thresholdsOf(gates, budget) : undefined;
  const comparing = gates.map(({ gate }) => gate).filter(({ versus }) => versus !== undefined);
  const options = evaluateOptions(model.spec, comparing, { steps });
  return withVersionRows(ports, { model, manifest, compared, labels }, async (rows) => {
    const { scored, prepared, source } = rows;
    const recompute = recomputeHere(ports, model.name, rows);
    const candidate = { spec: model.spec, prepared, scored, evaluation: manifest.evaluation, recompute };
    const comparisons = await compareWithStages(source, compared, candidate, options);
    return { comparisons, ...(await labelsKept(model.spec, prepared, source)) };
  });
}

/** Recomputes in this process. Rejects with UNSUPPORTED on a host that runs no user code. */
function recomputeHere(
  ports: Ports,
  model: string,
  { source, prepared, work, deps }: VersionRows,
): Candidate["recompute"] {
  let made: Promise<StageResults> | undefined;
  return async (live) => {
    refuseUnevaluated(live);
    if (!ports.runsUserCode) {
      throw new SlipwayError(
        "UNSUPPORTED",
        `version ${live.version} would have to predict again, which this host does not: run the pipeline again (/retry)`,
      );
    }
    const shared = { work, store: ports.store, folder: join(work.private, "run") };
    const context = { ...deps, ...{ model, run: work.mark, source, shared, signal: ports.signal } };
    made ??= runStages(context, ["validate", "baseline", "own-metrics"]);
    const { validate, baseline, "own-metrics": ownMetrics } = await made;
    for (const result of [validate, baseline, ownMetrics]) {
      if (result?.bug !== undefined) throw result.bug;
      if (result?.record.problem) throw errorOf(result.record.problem);
    }
    return recomputeFrom(validate as Bundle<"validate">, baseline, ownMetrics, {
      ...{ folder: work.private, rows: prepared.testRows.count },
    })(live);
  };
}

function unavailable(stage: string, version: number | undefined, manifest: Manifest, reason: string): Comparison {
  const rows = manifest.evaluation.test.rows;
  if (version === undefined) return { stage, predictions: "none", rows: 0, metrics: {} };
  return { stage, version, predictions: "unavailable", reason, rows, metrics: {} };
}

/** Whether a comparison holds what a gate asks for: its metric and its slice. Its bounds are there at every level that can be. */
function answers(comparison: Comparison, gate: Gate): boolean {
  if (comparison.predictions === "none") return true;
  const { slice } = gate;
  const metrics = slice ? findSlice(comparison.slices, slice)?.metrics : comparison.metrics;
  return metrics?.[gate.metric] !== undefined;
}
