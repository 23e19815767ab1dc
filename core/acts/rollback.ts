import type { Decision, Refusal } from "../../schemas/decision.ts";
import type { Person } from "../../schemas/names.ts";
import { timestamp } from "../clock.ts";
import { decideRollback } from "../promotion/decide-rollback.ts";
import { publishWithRetry } from "../registry/commit-act.ts";
import { decisionChange } from "../registry/records.ts";
import { decidingBranch } from "./binding.ts";
import { readGates } from "./policy.ts";
import type { Ports } from "./ports.ts";
import { knownModel } from "./registered.ts";

export interface RollbackRequest {
  model: string;
  stage: string;
  /** A version that was in the stage before; without it, the one before the present one. */
  to?: number | undefined;
  reason?: string | undefined;
  requestedBy: Person;
}

export type RollbackResult =
  | { outcome: "rolled-back"; decision: Decision }
  | { outcome: "unchanged"; version: number }
  | { outcome: "refused"; refusals: Refusal[] };

/** Brings back what was in the stage before, as a new record. Rejects with MODEL_UNKNOWN. */
export async function rollBack(ports: Ports, request: RollbackRequest): Promise<RollbackResult> {
  const { model, stage } = request;
  const tip = (await decidingBranch(ports)).commit;
  const { gates, policy } = await readGates(ports, tip, model, stage);
  let result: RollbackResult | undefined;
  const built = new Set<string>();
  await publishWithRetry(ports.registry, async (snapshot) => {
    const record = await knownModel(snapshot, model);
    const decisions = await snapshot.decisions(model);
    const done = decisions.find(({ id }) => built.has(id));
    if (done) {
      // A connection that broke after the push: one more step back would be one too many.
      result = { outcome: "rolled-back", decision: done };
      return undefined;
    }
    const at = timestamp(ports.clock());
    const outcome = decideRollback({ ...request, record, decisions, gates, policy, at, host: ports.name });
    if (outcome.outcome === "promoted") {
      result = { outcome: "rolled-back", decision: outcome.decision };
      built.add(outcome.decision.id);
      return decisionChange({ decision: outcome.decision, record });
    }
    const version = record.stages[stage]?.version ?? 0;
    result = outcome.outcome === "refused" ? outcome : { outcome: "unchanged", version };
    return undefined;
  });
  return result as RollbackResult;
}
