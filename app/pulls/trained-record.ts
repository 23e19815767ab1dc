import { METRIC_RULES } from "../../core/acts/project.ts";
import { canonicalJson } from "../../core/canonical.ts";
import { timestamp } from "../../core/clock.ts";
import { SlipwayError } from "../../core/errors.ts";
import { fingerprint } from "../../core/plan/fingerprint.ts";
import { openCommit } from "../../core/source/commit.ts";
import { loadPolicy } from "../../core/spec/project.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import type { TrainedArtifact } from "../../schemas/trained-artifact.ts";
import type { Host } from "../github/event-context.ts";
import { tipOf } from "../repositories/read-mirror.ts";
import type { ChangePlan } from "./state/plan-pull.ts";
import { MAX_RECORD_BYTES } from "./state/records.ts";

/**
 * The record by which a later run takes what this one trained: only where the default branch's policy lets artifacts be
 * reused, the bytes are where they stay, and the fingerprint is what Git's own files and the run's machine come to. The
 * caller vouches for where the run came from: the same repository, with the default branch's workflow. Undefined where
 * there is nothing to record; the first record of a fingerprint stays.
 */
export async function trainedRecord(
  host: Host,
  plan: ChangePlan,
  result: RunResult,
  pull: number,
): Promise<[path: string, text: string] | undefined> {
  const { artifact, artifact_from, outcome, environment, model, source } = result;
  if (outcome !== "succeeded" || artifact === undefined || artifact_from !== "trained") return undefined;
  if (artifact.uri.startsWith("actions:") || source.commit === undefined) return undefined;
  if (!(await mayReuse(host))) return undefined;
  const path = `runs/${model}/${result.fingerprint}.json`;
  if ((await host.experiments.read(path)) !== undefined) return undefined;
  if ((await fingerprintOf(host, plan, result)) !== result.fingerprint) {
    host.log.warn(
      { model, fingerprint: result.fingerprint },
      "a run's fingerprint is not its files': not kept for reuse",
    );
    return undefined;
  }
  const record: TrainedArtifact = {
    ...{ slipway: 1, model, fingerprint: result.fingerprint, runtime: environment.runtime, artifact, run: result.run },
    ...{ commit: source.commit, pull_request: pull, recorded_at: timestamp(host.clock()) },
  };
  const text = canonicalJson(record);
  return Buffer.byteLength(text) <= MAX_RECORD_BYTES ? [path, text] : undefined;
}

async function mayReuse(host: Host): Promise<boolean> {
  const { policy, problems } = await loadPolicy(openCommit(host.ports.objects, await tipOf(host)), METRIC_RULES);
  return problems.length === 0 && policy.register?.artifact === "reuse";
}

/** Read from Git: what the run says of its own files counts for nothing. */
async function fingerprintOf({ ports }: Host, plan: ChangePlan, { model, environment }: RunResult) {
  const loaded = plan.project.models.get(model);
  if (loaded === undefined) return undefined;
  try {
    return (await fingerprint(loaded, openCommit(ports.objects, plan.head), environment.runtime)).fingerprint;
  } catch (error) {
    if (error instanceof SlipwayError && error.kind === "input") return undefined;
    throw error;
  }
}
