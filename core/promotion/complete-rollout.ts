import type { ArtifactCheck, Decision } from "../../schemas/decision.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { TaggerTime, Timestamp } from "../../schemas/names.ts";
import { currentAssignment, decisionId, nextAssignment } from "./assign-stage.ts";
import { stageTaggedAt } from "./tag-times.ts";

/**
 * What puts a version into its stage after the last step of its rollout. It rests on the evidence of the decision that began the
 * rollout, which it names: gates and approvals are not asked again. It stands in the name of who asked then.
 */
export function completedPromotion({
  began,
  record,
  artifactCheck,
  versionTaggedAt,
  at,
  host,
}: {
  began: Decision;
  record: ModelRecord;
  artifactCheck: ArtifactCheck;
  /** The moment of the version's own tag. */
  versionTaggedAt: TaggerTime;
  at: Timestamp;
  host: string;
}): Decision {
  const { model, stage, version, manifest, artifact_sha256, evaluation, policy, reason, requested_by } = began;
  const current = currentAssignment(record, stage);
  const decided: Omit<Decision, "id"> = {
    ...{ slipway: 1, act: "promote", model, stage, version, manifest, artifact_sha256 },
    ...(evaluation === undefined ? {} : { evaluation }),
    artifact_check: artifactCheck,
    ...{ outcome: "promoted", completes: began.id, refusals: [], gates: [], comparisons: [], policy },
    ...(current === undefined ? {} : { replaces: current.version, previous: current.decision }),
    assignment: nextAssignment(record),
    ...(reason === undefined ? {} : { reason }),
    requested_by,
    decided_at: at,
    tagged_at: stageTaggedAt(at, record, stage, versionTaggedAt),
    host,
  };
  return { ...decided, id: decisionId(decided, current, record) };
}
