import type { Decision } from "../../schemas/decision.ts";
import type { ModelRecord, StageAssignment } from "../../schemas/model-record.ts";
import type { StageName } from "../../schemas/names.ts";
import { canonicalJson, sha256 } from "../canonical.ts";
import { laterOf } from "../clock.ts";
import { own } from "../gates/gate-evidence.ts";
import { withoutRollouts } from "../rollout/state.ts";
import { archivedAfter } from "./archived.ts";
import { withTags } from "./tag-times.ts";

/** What is in the stage now, if anything. */
export function currentAssignment(record: Pick<ModelRecord, "stages">, stage: StageName): StageAssignment | undefined {
  return own(record.stages, stage);
}

/** GTO's N: one counter for all stages of a model, the greatest so far and one more. */
export function nextAssignment(record: Pick<ModelRecord, "assignments">): number {
  return (record.assignments ?? 0) + 1;
}

/**
 * The decision's id follows from the act and from what it rests on, and not from who asked or when:
 * the same act twice is one record, while new evidence makes a new one, and so does a stage that was emptied since.
 */
export function decisionId(
  decision: Omit<Decision, "id">,
  current: StageAssignment | undefined,
  record: Pick<ModelRecord, "assignments">,
): string {
  const { act, model, stage, version, manifest, artifact_sha256, outcome, refusals, gates, restores } = decision;
  // Each request on GitHub gets an answer of its own, and each rollout a plan and records of its own.
  const { request, evaluation, rollout, completes } = decision;
  const began = outcome === "rolling-out" ? decision.decided_at : undefined;
  const { blob, spec_blob, approvals, gates: asked } = decision.policy;
  const policy = { blob, spec_blob, approvals, gates: asked };
  const key = {
    act,
    model,
    stage,
    version,
    manifest,
    artifact_sha256,
    evaluation,
    outcome,
    refusals,
    gates,
    tries: decision.tries?.map((each) => each.id),
    restores,
    policy,
    request,
    rollout,
    began,
    completes,
  };
  return sha256(canonicalJson({ ...key, current: current?.assignment ?? record.assignments ?? 0 })).slice(0, 32);
}

/** The model's record with a promoted decision's version in its stage, and none on its way there; everything else in it survives. */
export function withAssignment(record: ModelRecord, decision: Decision): ModelRecord {
  const { version, stage, id, decided_at: at, assignment, tagged_at } = decision;
  if (assignment === undefined) throw new Error(`decision ${id} assigns nothing`);
  const stages = { ...record.stages, [stage]: { version, assignment, decision: id, at } };
  const archived = archivedAfter(record, stages, at);
  const { archived: _, ...rest } = withoutRollouts(record, [stage]);
  const next = {
    ...rest,
    stages,
    ...(Object.keys(archived).length === 0 ? {} : { archived }),
    assignments: Math.max(record.assignments ?? 0, assignment),
    updated_at: laterOf(at, record.updated_at),
  } as ModelRecord;
  return withTags(next, tagged_at, [stage]);
}
