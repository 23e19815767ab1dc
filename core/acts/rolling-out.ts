import type { Decision, Refusal } from "../../schemas/decision.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { RolloutPlan, RolloutRecord, RolloutState } from "../../schemas/rollout.ts";
import type { Signer } from "../../schemas/signer.ts";
import { canonicalJson } from "../canonical.ts";
import { SlipwayError } from "../errors.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import { currentRollout, withRollout, withRolloutBegun } from "../rollout/state.ts";
import { type CheckPorts, refuseDistrusted, rolloutRefusal } from "./checked-version.ts";
import { knownVersion } from "./registered.ts";

/** A version on its way into a stage, with what it is led by. */
export interface RollingOut {
  model: string;
  stage: string;
  state: RolloutState;
  /** That began it. */
  decision: Decision;
  /** That led it to its step; undefined in its first. */
  advance: RolloutRecord | undefined;
  plan: RolloutPlan;
  manifest: Manifest;
}

/**
 * What is on its way into a stage: whoever routes requests to it, or steps it, asks for it here. The model's record, the decision,
 * the rollout's records and the version's manifest have to say the same, and the tags of what leads it have to be there, signed
 * where the policy names `signers`. Undefined where nothing is. Rejects with RECORD_FORGED or TAG_UNTRUSTED.
 */
export async function rollingOut(
  ports: CheckPorts,
  snapshot: RegistrySnapshot,
  record: ModelRecord,
  stage: string,
  signers: readonly Signer[],
): Promise<RollingOut | undefined> {
  const rolling = await recordedRollout(snapshot, record, stage);
  if (rolling !== undefined) refuseDistrusted(await distrustOfRollout(ports, snapshot, rolling, signers));
  return rolling;
}

/** Why nothing must follow from a rollout, by the tags of the decision that began it and of its step; undefined where it may. */
export async function distrustOfRollout(
  ports: CheckPorts,
  snapshot: RegistrySnapshot,
  { model, decision: { id }, advance }: RollingOut,
  signers: readonly Signer[],
): Promise<Refusal | undefined> {
  const refusal = await rolloutRefusal(
    ports,
    snapshot,
    model,
    [
      { kind: "decision", model, id },
      ...(advance === undefined ? [] : [{ kind: "rollout", model, decision: id, n: advance.n } as const]),
    ],
    signers,
  );
  if (refusal?.code !== "TAG_UNTRUSTED") return refusal;
  const hint =
    "`slipway verify` lists every such tag. The next act writes one that an interrupted writer left out, and so does `slipway verify --repair`. `slipway rollback` ends the rollout, and leaves the stage as it is (docs/signing.md).";
  return { ...refusal, hint };
}

/** The same by the records alone, for who asks for the tags later. Rejects with RECORD_FORGED. */
export async function recordedRollout(
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
  const records = await snapshot.list("rollout", model, (at) => at.decision === state.decision);
  records.sort((a, b) => a.n - b.n);
  const says =
    decision?.outcome === "rolling-out" &&
    decision.id === state.decision &&
    decision.model === model &&
    decision.stage === stage &&
    decision.version === state.version &&
    decision.manifest === blob &&
    decision.artifact_sha256 === manifest.artifact.sha256;
  const follows =
    decision !== undefined && canonicalJson(ledBy(record, decision, records) ?? null) === canonicalJson(state);
  const advance = records.findLast(({ act }) => act === "advance");
  if (says && follows && plan !== undefined && state.step < plan.steps.length - 1)
    return { model, stage, state, decision, advance, plan, manifest };
  const last = records.at(-1);
  throw new SlipwayError(
    "RECORD_FORGED",
    `${model}'s model.json has version ${state.version} on its way to ${stage}, and its records do not`,
    {
      expected: `a decision ${state.decision} that rolls version ${state.version} out to ${stage}, and its record ${state.n}, the last one, in step ${state.step + 1}`,
      found: `${decision === undefined ? "no such decision" : `a decision on version ${decision.version} for ${decision.stage}, ${decision.outcome}`}; ${last === undefined ? "no record" : `a last record ${last.n} in step ${last.step + 1}: ${last.act}`}`,
      hint: "Only slipway writes the branch registry. `slipway verify` lists what is wrong; `git log registry` who changed it.",
    },
  );
}

/** Where a rollout is by the decision that began it and its records; undefined where one ended it or is missing. */
function ledBy(record: ModelRecord, decision: Decision, records: readonly RolloutRecord[]): RolloutState | undefined {
  const { id, stage } = decision;
  if (records.some(({ n, decision: of, stage: into }, at) => n !== at + 1 || of !== id || into !== stage))
    return undefined;
  return currentRollout(records.reduce(withRollout, withRolloutBegun(record, decision)), stage);
}
