import type { Decision, Refusal } from "../../schemas/decision.ts";
import type { ModelRecord, StageAssignment } from "../../schemas/model-record.ts";
import type { VersionNumber } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import { isRetired } from "./apply-change.ts";
import { artifactRefusals } from "./artifact-check.ts";
import { currentAssignment, decisionId, nextAssignment } from "./assign-stage.ts";
import type { Asked } from "./decide-promotion.ts";
import { askedAt, goneRefusals, policyRecord } from "./decide-promotion.ts";
import { stageTaggedAt } from "./tag-times.ts";

export interface RollbackInput extends Asked {
  /** Every decision on the model, in any order. */
  decisions: readonly Decision[];
  /** A version that was in the stage before; without it, the one before the present one. */
  to?: VersionNumber | undefined;
}

/** What a rollback would bring back: the decision that put it there. */
type RestorableOutcome =
  | Exclude<RollbackOutcome, { outcome: "promoted" }>
  | { outcome: "found"; restored: Decision; current: StageAssignment };

/** A refusal names no version to keep a record of, so there is none. */
type RollbackOutcome =
  | { outcome: "unchanged" }
  | { outcome: "refused"; refusals: Refusal[] }
  | { outcome: "promoted"; decision: Decision };

/**
 * What was in the stage before. Stages are stacks: each rollback goes one step further back, never back and forth.
 * Throws REGISTRY_CORRUPT if a decision that the records name is not there.
 */
export function findRestorable(input: Pick<RollbackInput, "record" | "stage" | "to" | "decisions">): RestorableOutcome {
  const { record, stage, to } = input;
  const current = currentAssignment(record, stage);
  if (current === undefined) {
    const emptied = input.decisions.some((decision) => decision.stage === stage && wasLive(decision));
    return refused(
      emptied ? `Nothing is in ${stage}: it was emptied.` : `Nothing was ever promoted to ${stage}.`,
      "Promote a version first.",
    );
  }
  if (to === current.version) return { outcome: "unchanged" };

  const decisions = input.decisions
    .filter((decision) => decision.model === record.name && decision.stage === stage)
    .sort((a, b) => (b.assignment ?? 0) - (a.assignment ?? 0));
  const restored =
    to === undefined
      ? before(current, decisions, record)
      : decisions.find((each) => wasLive(each) && each.version === to);
  if (restored === undefined) {
    return to === undefined
      ? refused(`Version ${current.version} was the first in ${stage}.`, "Promote another version instead.")
      : refused(`Version ${to} was never in ${stage}.`, `Promote it instead: it then has to pass the gates.`);
  }

  const gone = goneRefusals(record, restored.version);
  return gone.length > 0 ? { outcome: "refused", refusals: gone } : { outcome: "found", restored, current };
}

/**
 * Brings back what was in the stage before, as a new record. Gates and approvals are not asked again: the version passed
 * when it came. Its bytes have to be there. Throws as `findRestorable` does.
 */
export function decideRollback(input: RollbackInput): RollbackOutcome {
  const { record, stage, artifactCheck } = input;
  const found = findRestorable(input);
  if (found.outcome !== "found") return found;
  const { restored, current } = found;
  const lost = artifactRefusals(artifactCheck, record.name, restored.version);
  if (lost.length > 0) return { outcome: "refused", refusals: lost };

  const assignment = nextAssignment(record);
  const decided: Omit<Decision, "id"> = {
    slipway: 1,
    act: "rollback",
    model: record.name,
    stage,
    version: restored.version,
    manifest: restored.manifest,
    artifact_sha256: restored.artifact_sha256,
    artifact_check: artifactCheck,
    outcome: "promoted",
    refusals: [],
    gates: [],
    comparisons: [],
    policy: policyRecord(input.policy, input.gates),
    replaces: current.version,
    assignment,
    restores: restored.id,
    previous: restored.previous,
    reason: input.reason,
    ...askedAt(input.source),
    requested_by: input.requestedBy,
    decided_at: input.at,
    tagged_at: stageTaggedAt(input.at, record, stage),
    host: input.host,
  };
  const decision: Decision = { ...decided, id: decisionId(decided, current, record) };
  return { outcome: "promoted", decision };
}

/** The one before, further back past versions that are gone. */
function before(current: StageAssignment, decisions: readonly Decision[], record: ModelRecord): Decision | undefined {
  return earlierDecisions(current, decisions, record).next().value;
}

/**
 * What put earlier versions into a stage, the newest first, without those that are gone: what a rollback can bring back, step by
 * step. Throws REGISTRY_CORRUPT if a decision that the records name is not there.
 */
export function* earlierDecisions(
  current: StageAssignment,
  decisions: readonly Decision[],
  record: ModelRecord,
): Generator<Decision, undefined, undefined> {
  let { previous } = named(current.decision, decisions);
  while (previous !== undefined) {
    const decision = named(previous, decisions);
    if (!isRetired(record, decision.version)) yield decision;
    previous = decision.previous;
  }
  return undefined;
}

function named(id: string, decisions: readonly Decision[]): Decision {
  const decision = decisions.find((each) => each.id === id && wasLive(each));
  if (decision !== undefined) return decision;
  throw new SlipwayError("REGISTRY_CORRUPT", `The registry names decision ${id}, and does not hold it.`, {
    expected: `a promotion with the id ${id} on this model and stage`,
    found: "none",
    hint: "Run `slipway verify` to see what else is missing.",
  });
}

function wasLive(decision: Decision): boolean {
  return decision.outcome === "promoted";
}

function refused(message: string, hint: string): { outcome: "refused"; refusals: Refusal[] } {
  return { outcome: "refused", refusals: [{ code: "NOTHING_TO_ROLL_BACK", message, hint }] };
}
