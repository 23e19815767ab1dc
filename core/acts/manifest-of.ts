import type { DecidingPolicy } from "../../schemas/deciding-policy.ts";
import type { GateResult } from "../../schemas/gate.ts";
import type { Bytes, Manifest } from "../../schemas/manifest.ts";
import type { CommitId, Person, TaggerTime, Timestamp } from "../../schemas/names.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import type { TryTerms } from "../../schemas/try.ts";
import type { LoadedModel } from "../spec/project.ts";
import { predictionFiles } from "./prediction-files.ts";

/** A run that came to its end: what a manifest is made of. */
export type CompleteRun = RunResult & {
  source: { commit: CommitId };
} & { [Key in "artifact" | "artifact_from" | "predictions" | "data" | "evaluation"]-?: NonNullable<RunResult[Key]> };

export function isCompleteRun(run: RunResult): run is CompleteRun {
  const { outcome, source, artifact, artifact_from, predictions, data, evaluation } = run;
  const parts = [source.commit, artifact, artifact_from, predictions, data, evaluation];
  // What was imported is a version already.
  if (artifact_from === "imported") return false;
  return outcome === "succeeded" && run.tried === undefined && parts.every((part) => part !== undefined);
}

/** The version that a run becomes; `model` is the model at the run's source commit. */
export function manifestOf(
  run: CompleteRun,
  model: LoadedModel,
  about: {
    version: number;
    gates: GateResult[];
    tries: TryTerms[];
    policy: DecidingPolicy;
    pullRequest: number | undefined;
    registeredAt: Timestamp;
    taggedAt: TaggerTime;
    registeredBy: Person;
    bytes: Bytes;
  },
): Manifest {
  const { spec } = model;
  const { artifact, artifact_from, predictions, evaluation } = run;
  const { train, test, profile } = run.data;
  const data = { ...(train ? { train } : {}), test, ...(profile ? { profile } : {}) };
  const trained = run.steps.find(({ step, outcome }) => step === "train" && outcome === "done");
  return {
    slipway: 1,
    model: run.model,
    version: about.version,
    description: spec.description,
    task: spec.task,
    source: {
      commit: run.source.commit,
      spec: run.spec,
      spec_blob: model.blob,
      pull_request: about.pullRequest,
      run: run.artifact_run ?? run.run,
    },
    fingerprint: run.fingerprint,
    ...{ artifact, bytes: about.bytes, artifact_from, predictions, ...predictionFiles(run) },
    data,
    params: run.params,
    seed: run.seed,
    environment: { ...(spec.environment ? { spec: spec.environment } : {}), ...run.environment },
    evaluation,
    gates: about.gates,
    tries: about.tries,
    policy: about.policy,
    ...(run.signature ? { signature: run.signature } : {}),
    registered_at: about.registeredAt,
    tagged_at: about.taggedAt,
    registered_by: about.registeredBy,
    ...(trained ? { seconds: { train: trained.seconds } } : {}),
  };
}
