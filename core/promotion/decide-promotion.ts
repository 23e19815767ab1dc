import type { ActSource } from "../../schemas/act-source.ts";
import type { DecidingPolicy } from "../../schemas/deciding-policy.ts";
import type { Approval, ArtifactCheck, Decision, Refusal } from "../../schemas/decision.ts";
import type { Comparison } from "../../schemas/evaluation.ts";
import type { AskedGate, GateResult } from "../../schemas/gate.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { BlobId, CommitId, Person, StageName, Timestamp } from "../../schemas/names.ts";
import type { RolloutPlan, RolloutState } from "../../schemas/rollout.ts";
import type { TryTerms } from "../../schemas/try.ts";
import { toSecond } from "../clock.ts";
import { SlipwayError } from "../errors.ts";
import { checkGate } from "../gates/check-gate.ts";
import { currentRollout } from "../rollout/state.ts";
import { actId } from "./act-id.ts";
import { isRetired } from "./apply-change.ts";
import { approvalRefusals, countingApprovals } from "./approvals.ts";
import { artifactRefusals } from "./artifact-check.ts";
import { currentAssignment, decisionId, nextAssignment } from "./assign-stage.ts";
import { notBinding } from "./decide-registration.ts";
import { gateRefusals } from "./gate-refusals.ts";
import { importedRefusals } from "./imported.ts";
import { stageTaggedAt } from "./tag-times.ts";

/** The policy as read from the default branch's tip when deciding. */
export interface PolicyRead {
  commit: CommitId;
  /** slipway.yaml; absent if there is none. */
  blob?: BlobId | undefined;
  /** The model's spec at that tip; absent if it is gone. */
  specBlob?: BlobId | undefined;
  specPath?: string | undefined;
  /** How many people besides who asked must approve. */
  approvals: number;
  /** The stages that take versions which were imported. */
  imported?: readonly StageName[] | undefined;
  /** How a version comes into the stage, if another is in it; straight in where absent. */
  rollout?: RolloutPlan | undefined;
}

/** Who decides, when, where, and for whom: the same for a promotion and a rollback. */
export interface Asked {
  record: ModelRecord;
  stage: StageName;
  gates: readonly AskedGate[];
  policy: PolicyRead;
  /** Whether the version's bytes are in the store. */
  artifactCheck: ArtifactCheck;
  requestedBy: Person;
  at: Timestamp;
  /** cli, app, bot. */
  host: string;
  /** What the person said. */
  reason?: string | undefined;
  /** Where it was asked for: absent on a command line. */
  source?: ActSource | undefined;
}

export interface PromotionInput extends Asked {
  manifest: Manifest;
  manifestBlob: BlobId;
  /** Of a version that was imported: its evaluation, which `manifest` has then. */
  evaluation?: Decision["evaluation"];
  /** With the versions in the stages that gates compare with: made for this decision, or the manifest's own. */
  comparisons: readonly Comparison[];
  /** The tries that the gates' answers rest on. */
  tries: readonly TryTerms[];
  approvals: readonly Approval[];
  /** Whether the host knows who a person is. A plain repository does not. */
  identifiesUsers: boolean;
  /** The stages that the policy knows. */
  stages: readonly StageName[];
  /** Why the version's tag cannot be trusted, where the policy names signers. */
  untrusted?: readonly Refusal[] | undefined;
}

type PromotionOutcome =
  /** It is in the stage, or on its way there by `rollout`. */
  | { outcome: "unchanged"; rollout?: RolloutState }
  /** All else allows it, and there is a request that approvals can come to. */
  | { outcome: "waiting"; gates: GateResult[]; tries: readonly TryTerms[]; needed: number; given: number }
  | { outcome: Decision["outcome"]; decision: Decision };

/**
 * Whether a version may go to a stage. A preview calls this too, so that it cannot disagree.
 * Where the policy has a plan for the stage and another version is in it, it is rolled out: the stage stays as it is.
 * What lacks nothing but approvals waits for them where it was asked for at a source, and is refused where it was not.
 * Throws STAGE_UNKNOWN for a stage that the policy does not name.
 */
export function decidePromotion(input: PromotionInput): PromotionOutcome {
  const { manifest, manifestBlob, record, stage, policy } = input;
  if (!input.stages.includes(stage)) {
    const expected = `one of ${input.stages.join(", ")}`;
    const hint = "Name one of them, or add the stage under `stages` in slipway.yaml.";
    throw new SlipwayError("STAGE_UNKNOWN", `There is no stage ${stage}.`, { expected, found: stage, hint });
  }
  const current = currentAssignment(record, stage);
  if (current?.version === manifest.version) return { outcome: "unchanged" };
  const rolling = currentRollout(record, stage);
  if (rolling?.version === manifest.version) return { outcome: "unchanged", rollout: rolling };

  const { evaluation } = manifest;
  const comparisons = input.comparisons.map((comparison) => unlessReplaced(comparison, record));
  const results = input.gates.map((asked) => checkGate(asked, { evaluation, comparisons, tries: input.tries }));
  const approvals = countingApprovals(input);
  const refusals = [
    ...holdRefusals(record),
    ...goneRefusals(record, manifest.version),
    ...(input.untrusted ?? []),
    ...(manifest.imported && input.evaluation === undefined
      ? importedRefusals(manifest, stage, policy.imported ?? [])
      : notBinding(evaluation, "promoted")),
    ...artifactRefusals(input.artifactCheck, manifest.model, manifest.version),
    ...gateRefusals(results),
    ...approvalRefusals({ needed: policy.approvals, stage, identifiesUsers: input.identifiesUsers }, approvals.length),
  ];
  if (input.source && refusals.length > 0 && refusals.every(({ code }) => code === "APPROVALS_MISSING"))
    return {
      ...({ outcome: "waiting", gates: results, tries: input.tries } as const),
      ...{ needed: policy.approvals, given: approvals.length },
    };
  const allowed = refusals.length === 0;
  const plan = allowed && current !== undefined ? policy.rollout : undefined;
  const promoted = allowed && plan === undefined;
  const assignment = nextAssignment(record);
  const decided: Omit<Decision, "id"> = {
    slipway: 1,
    act: "promote",
    model: manifest.model,
    stage,
    version: manifest.version,
    manifest: manifestBlob,
    artifact_sha256: manifest.artifact.sha256,
    evaluation: input.evaluation,
    artifact_check: input.artifactCheck,
    outcome: promoted ? "promoted" : allowed ? "rolling-out" : "refused",
    ...(plan === undefined ? {} : { rollout: plan }),
    refusals,
    gates: results,
    ...(input.tries.length === 0 ? {} : { tries: [...input.tries] }),
    comparisons,
    policy: policyRecord(policy, input.gates),
    ...(approvals.length === 0 ? {} : { approvals }),
    ...(current === undefined ? {} : { replaces: current.version }),
    ...(promoted ? { assignment } : {}),
    ...(promoted && current !== undefined ? { previous: current.decision } : {}),
    ...(input.reason === undefined ? {} : { reason: input.reason }),
    ...askedAt(input.source),
    requested_by: input.requestedBy,
    decided_at: input.at,
    ...(promoted ? { tagged_at: stageTaggedAt(input.at, record, stage, manifest.tagged_at) } : {}),
    host: input.host,
  };
  const decision: Decision = { ...decided, id: decisionId(decided, current, record) };
  return { outcome: decision.outcome, decision };
}

/** An act's key and its place, as a decision keeps them. */
export function askedAt(source: ActSource | undefined): Pick<Decision, "request" | "source"> {
  return source === undefined ? {} : { request: actId(source), source };
}

/** A version that was withdrawn, or deprecated with its model, goes nowhere. */
export function goneRefusals(record: ModelRecord, version: number): Refusal[] {
  if (!isRetired(record, version)) return [];
  const deprecated = version <= (record.retired_through ?? 0);
  const message = `Version ${version} of ${record.name} was ${deprecated ? "deprecated with its model" : "withdrawn"}.`;
  return [{ code: "VERSION_WITHDRAWN", message, hint: "Promote another version, or register it again." }];
}

/** Nothing is promoted while a model is on hold. */
export function holdRefusals({ name, hold }: ModelRecord): Refusal[] {
  if (hold === undefined) return [];
  const why = hold.reason === undefined ? "" : `: ${hold.reason}`;
  const message = `${name} is on hold since ${toSecond(hold.at)}, by ${hold.by.name}${why}`;
  return [{ code: "MODEL_ON_HOLD", message, hint: "Whoever may promote it can release it: `/unhold` on GitHub." }];
}

/** Which rules decided, as records keep it. */
export function decidingPolicy({ commit, blob, specBlob, specPath }: PolicyRead): DecidingPolicy {
  return {
    commit,
    blob,
    spec: specPath,
    spec_blob: specBlob,
  };
}

/** The policy as a decision keeps it. */
export function policyRecord(policy: PolicyRead, gates: readonly AskedGate[]): Decision["policy"] {
  return {
    ...decidingPolicy(policy),
    gates: [...gates],
    approvals: policy.approvals,
  };
}

/** A comparison counts only against the version that is in the stage now; one with another is as good as none. */
export function unlessReplaced(comparison: Comparison, record: Pick<ModelRecord, "stages">): Comparison {
  const live = currentAssignment(record, comparison.stage)?.version;
  if (comparison.version === live) return comparison;
  const words = (version: number | undefined) => (version === undefined ? "no version" : `version ${version}`);
  const reason = `it was made against ${words(comparison.version)}, and ${words(live)} is in ${comparison.stage} now`;
  const { stage, rows } = comparison;
  return {
    stage,
    version: live,
    predictions: "unavailable",
    reason,
    rows,
    metrics: {},
  };
}
