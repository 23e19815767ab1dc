import type { Decision } from "../../schemas/decision.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { RolloutPlan, RolloutState } from "../../schemas/rollout.ts";
import { SlipwayError } from "../errors.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import { currentRollout } from "../rollout/state.ts";
import { knownVersion } from "./registered.ts";

/** A version on its way into a stage, with what it is led by. */
export interface RollingOut {
  model: string;
  stage: string;
  state: RolloutState;
  /** That began it. */
  decision: Decision;
  plan: RolloutPlan;
  manifest: Manifest;
}

/**
 * What is on its way into a stage: whoever routes requests to it, or steps it, asks for it here. The model's record, the decision
 * and the version's manifest have to say the same. Undefined where nothing is. Rejects with RECORD_FORGED.
 */
export async function rollingOut(
  snapshot: RegistrySnapshot,
  record: ModelRecord,
  stage: string,
): Promise<RollingOut | undefined> {
  const state = currentRollout(record, stage);
  if (state === undefined) return undefined;
  const { name: model } = record;
  const decision = await snapshot.read({ kind: "decision", model, id: state.decision });
  const { manifest, blob } = await knownVersion(snapshot, record, state.version);
  const plan = decision?.rollout;
  const { n } = state;
  const last = n === 0 ? undefined : await snapshot.read({ kind: "rollout", model, decision: state.decision, n });
  const follows =
    n === 0 ? state.step === 0 : last?.step === state.step && last.act !== "abort" && last.act !== "complete";
  const says =
    decision?.outcome === "rolling-out" &&
    decision.id === state.decision &&
    decision.model === model &&
    decision.stage === stage &&
    decision.version === state.version &&
    decision.manifest === blob &&
    decision.artifact_sha256 === manifest.artifact.sha256;
  if (says && follows && plan !== undefined && state.step < plan.steps.length - 1)
    return { model, stage, state, decision, plan, manifest };
  throw new SlipwayError(
    "RECORD_FORGED",
    `${model}'s model.json has version ${state.version} on its way to ${stage}, and its records do not`,
    {
      expected: `a decision ${state.decision} that rolls version ${state.version} out to ${stage}, and its record ${n} in step ${state.step + 1}`,
      found: `${decision === undefined ? "no such decision" : `a decision on version ${decision.version} for ${decision.stage}, ${decision.outcome}`}; ${last === undefined ? "no such record" : `a record in step ${last.step + 1}`}`,
      hint: "Only slipway writes the branch registry. `slipway verify` lists what is wrong; `git log registry` who changed it.",
    },
  );
}
