import { METRIC_RULES } from "../../core/acts/project.ts";
import { canonicalJson } from "../../core/canonical.ts";
import { timestamp } from "../../core/clock.ts";
import { SlipwayError } from "../../core/errors.ts";
import { fingerprint } from "../../core/plan/fingerprint.ts";
import { openCommit } from "../../core/source/commit.ts";
import { loadPolicy } from "../../core/spec/project.ts";
import { bundleName, formatActionsUri } from "../../core/stages/actions-uri.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import type { TrainedArtifact } from "../../schemas/trained-artifact.ts";
import type { EventContext } from "../github/event-context.ts";
import { defaultTip } from "../repositories/read-mirror.ts";
import type { ChangePlan } from "./state/plan-pull.ts";
import { MAX_PULL_RECORD_BYTES } from "./state/records.ts";

/**
 * The record by which a later run reuses what this one trained. It is made only if the default branch's policy
 * allows reuse, and if the fingerprint follows from Git's own files and the
 * run's machine. The caller has checked that the run is of the same repository, with the default branch's workflow.
 * Undefined if there is nothing to record; the first record of a fingerprint stays.
 */
export async function trainedRecord(
  context: EventContext,
  plan: ChangePlan,
  result: RunResult,
  pull: number,
): Promise<[path: string, text: string] | undefined> {
  const { artifact, artifact_from, outcome, environment, model, source } = result;
  if (outcome !== "succeeded" || artifact === undefined || artifact_from !== "trained") return undefined;
  if (source.commit === undefined) return undefined;
  if (!(await mayReuse(context))) return undefined;
  const path = `runs/${model}/${result.fingerprint}.json`;
  if ((await context.experiments.read(path)) !== undefined) return undefined;
  if ((await fingerprintOf(context, plan, result)) !== result.fingerprint) {
    context.log.warn(
      { model, fingerprint: result.fingerprint },
      "a run's fingerprint is not its files': not kept for reuse",
    );
    return undefined;
  }
  const [id = ""] = result.run.split("-");
  const record: TrainedArtifact = {
    ...{ slipway: 1, model, fingerprint: result.fingerprint, runtime: environment.runtime, run: result.run },
    // The run keeps the bytes. What it says of where they are counts for nothing.
    artifact: { ...artifact, uri: formatActionsUri({ run: id, name: bundleName("train", model) }) },
    ...{ commit: source.commit, pull_request: pull, recorded_at: timestamp(context.clock()) },
  };
  const text = canonicalJson(record);
  return Buffer.byteLength(text) <= MAX_PULL_RECORD_BYTES ? [path, text] : undefined;
}

async function mayReuse(context: EventContext): Promise<boolean> {
  const { policy, problems } = await loadPolicy(
    openCommit(context.ports.objects, await defaultTip(context)),
    METRIC_RULES,
  );
  return problems.length === 0 && policy.register?.artifact === "reuse";
}

/** Read from Git: what the run says of its own files counts for nothing. */
async function fingerprintOf({ ports }: EventContext, plan: ChangePlan, { model, environment }: RunResult) {
  const loaded = plan.project.models.get(model);
  if (loaded === undefined) return undefined;
  try {
    return (await fingerprint(loaded, openCommit(ports.objects, plan.head), environment.runtime)).fingerprint;
  } catch (error) {
    if (error instanceof SlipwayError && error.kind === "input") return undefined;
    throw error;
  }
}
