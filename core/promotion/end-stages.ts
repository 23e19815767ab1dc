import type { Change, StageEnd } from "../../schemas/change.ts";
import type { Decision } from "../../schemas/decision.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import { nextAssignment } from "./assign-stage.ts";

/**
 * What emptying stages records: those that a version is in, or all. GTO falls back to the version that was assigned before,
 * so each that it still sees in the stage is unassigned, but for one that is withdrawn: its own tag goes.
 */
export function endStages(
  record: ModelRecord,
  { decisions, changes }: { decisions: readonly Decision[]; changes: readonly Change[] },
  { version, stage: only, withdrawn }: { version?: number; stage?: string | undefined; withdrawn?: boolean } = {},
): StageEnd[] {
  let assignment = nextAssignment(record);
  const numbers = new Map(decisions.map((each) => [each.id, each.assignment ?? 0]));
  const gone = new Set(Object.keys(record.withdrawn ?? {}).map(Number));
  if (withdrawn && version !== undefined) gone.add(version);
  return Object.entries(record.stages)
    .filter(([stage]) => only === undefined || stage === only)
    .filter(([, assigned]) => version === undefined || assigned.version === version)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([stage, assigned]) => {
      const ended = changes.flatMap(({ ends = [] }) => ends.filter((end) => end.stage === stage));
      const since = Math.max(0, ...ended.map(({ decision }) => numbers.get(decision) ?? 0));
      const seen = decisions
        .filter((each) => each.stage === stage && (each.assignment ?? 0) > since)
        .map((each) => each.version);
      const unassigned = [...new Set(seen)]
        .filter((each) => !gone.has(each))
        .sort((a, b) => a - b)
        .map((each) => ({ version: each, assignment: assignment++ }));
      return { stage, version: assigned.version, decision: assigned.decision, unassigned };
    });
}
