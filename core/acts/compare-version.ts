import type { Evaluation } from "../../schemas/evaluation.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { CommitId } from "../../schemas/names.ts";
import type { Policy } from "../../schemas/policy.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import { timestamp } from "../clock.ts";
import { errorOf, SlipwayError } from "../errors.ts";
import { rulesFor } from "../promotion/evaluated.ts";
import { openCommit } from "../source/commit.ts";
import { assembleRun } from "../stages/assemble-run.ts";
import { problemOf } from "../stages/run-record.ts";
import { compareAgain } from "./baseline-comparisons.ts";
import type { ComparedPair } from "./compare-title.ts";
import { labelsPassedOn } from "./labels-passed-on.ts";
import { readGates } from "./policy.ts";
import type { Ports } from "./ports.ts";
import { predictionFiles } from "./prediction-files.ts";
import { knownModel, knownVersion, withLastEvaluation } from "./registered.ts";
import type { SourcePlace } from "./run-source.ts";
import type { LabelsOpening } from "./version-rows.ts";
import { type Sealing, whyNotSealed } from "./why-not-sealed.ts";

export interface ComparePorts {
  /** The default branch's, whose gates are asked. */
  tip: CommitId;
  /** Brings a commit's files here, where it has not its whole history. */
  bring(commit: CommitId): Promise<void>;
  /** What opens `data.labels` in this job and in no other, and what that shows of others; absent in a job that opens none. */
  labels?: ({ sealing: Sealing } & Pick<SourcePlace, "labelsEnv">) | undefined;
}

/**
 * Compares a registered version with what is live in a stage, as far as gates of any stage ask it, from kept predictions and test
 * rows alone, and says it as a run's result: the version's own artifact and evaluation, with these comparisons. A host that may
 * not read the store takes it by `keepComparisons`. `run` is its name in records. Resolves to "labels-apart", and opens nothing,
 * where the default branch's spec keeps the test labels apart and this job has nothing for them. Rejects with VERSION_UNKNOWN,
 * with COMPARISON_STALE where another version is live than is asked for, with UNSUPPORTED where a version would have to predict
 * again, and as the store does.
 */
export async function compareVersion(
  ports: Omit<Ports, "runsUserCode"> & ComparePorts,
  { model: called, version, stage, live }: ComparedPair,
  run: string,
): Promise<RunResult | "labels-apart"> {
  const started = ports.clock();
  const { tip, bring } = ports;
  const snapshot = await ports.registry.snapshot();
  const record = await knownModel(snapshot, called);
  const there = record.stages[stage]?.version;
  if (there !== live)
    throw new SlipwayError("COMPARISON_STALE", `Another version is in ${stage} by now`, {
      expected: `version ${live}`,
      found: there === undefined ? "none" : `version ${there}`,
      hint: "Ask for the promotion once more: it is compared with what is there then.",
    });
  const known = await withLastEvaluation(snapshot, await knownVersion(snapshot, record, version));
  const { manifest } = known;
  const about = { displayName: record.display_name, ...rulesFor(known) };
  // A stage's gates may name another stage: whichever decision asks, it finds what it asks for.
  const { every, budget, spec, whole } = await readGates(ports, tip, record.name, stage, about);
  const isApart = spec?.data.labels !== undefined;
  if (isApart && !ports.labels) return "labels-apart";
  await bring(manifest.source.commit);
  const isAsked = every.some(({ gate }) => gate.versus === stage);
  const { comparisons, ...kept } = await compareAgain(
    { ...ports, runsUserCode: false },
    snapshot,
    manifest,
    { every, budget },
    isAsked ? [stage] : [],
    isApart ? openingBy(ports, whole) : undefined,
  );
  const missing = comparisons.find(({ predictions }) => predictions === "unavailable");
  if (missing) throw errorOf({ code: "UNSUPPORTED", message: missing.reason ?? "the versions cannot be compared" });
  const { locks, runtime, isolation } = manifest.environment;
  return {
    ...{ slipway: 1, run, model: record.name, spec: manifest.source.spec, outcome: "succeeded", binding: true },
    source: { commit: manifest.source.commit, dirty: false },
    ...{ fingerprint: manifest.fingerprint, steps: [], violations: [], params: manifest.params, seed: manifest.seed },
    data: { test: manifest.data.test },
    environment: { locks, runtime, ...(isolation === undefined ? {} : { isolation }) },
    ...{ artifact: manifest.artifact, artifact_from: manifest.artifact_from, predictions: manifest.predictions },
    ...predictionFiles(manifest),
    evaluation: { ...manifest.evaluation, ...lessSealed(manifest, kept), comparisons },
    gates: {},
    started_at: timestamp(started),
    seconds: (ports.clock().getTime() - started.getTime()) / 1_000,
  };
}

/**
 * Why a comparison could not be made, as a run's result of the version: who waits for it takes the reason from there. Undefined
 * where the version itself cannot be read.
 */
export async function failedComparison(
  { registry }: Pick<Ports, "registry">,
  { model: called, version }: ComparedPair,
  run: string,
  reason: SlipwayError,
): Promise<RunResult | undefined> {
  try {
    const snapshot = await registry.snapshot();
    const record = await knownModel(snapshot, called);
    const { manifest } = await knownVersion(snapshot, record, version);
    const source = { commit: manifest.source.commit, dirty: false };
    return assembleRun({ run, model: record.name, source, binding: true, problem: problemOf(reason) }, {});
  } catch (error) {
    if (error instanceof SlipwayError) return undefined;
    throw error;
  }
}

function openingBy(
  { labels, objects, tip }: Pick<Ports, "objects"> & ComparePorts,
  policy: Policy,
): LabelsOpening | undefined {
  if (labels === undefined) return undefined;
  const { sealing, labelsEnv } = labels;
  const passedOn = () => labelsPassedOn(openCommit(objects, tip));
  return { labelsEnv, whyNotSealed: async (uris) => (await whyNotSealed(uris, policy, sealing)) ?? (await passedOn()) };
}

/** Labels that were open to user code when the version was made are sealed by no later comparison. */
function lessSealed({ evaluation }: Manifest, kept: Pick<Evaluation, "labels" | "labels_reason">): typeof kept {
  const { labels, labels_reason: reason } = evaluation.labels === "sealed" ? kept : evaluation;
  return { labels, ...(reason === undefined ? {} : { labels_reason: reason }) };
}
