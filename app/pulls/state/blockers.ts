import { gateRefusals } from "../../../core/promotion/gate-refusals.ts";
import type { Refusal } from "../../../schemas/decision.ts";
import type { ModelRecord } from "../../../schemas/model-record.ts";
import type { RunResult } from "../../../schemas/run-result.ts";

/** Why a run's model would not be registered if it were merged now. Empty if it would be. */
export function registerBlockers({ outcome, problem, violations, gates }: RunResult): Refusal[] {
  if (outcome === "failed") {
    const { code = "INTERNAL", message = "The run failed.", hint } = problem ?? {};
    return [{ code, message, hint }];
  }
  const broken = violations.map(({ set, column, expected, found }) => ({
    code: "DATA_INVALID",
    message: `${set} data${column === undefined ? "" : `, column ${column}`}: expected ${expected}, found ${found}`,
    hint: "Mend the data, or what the spec declares about it under `data`.",
  }));
  return [...broken, ...gateRefusals(gates["register"] ?? [])];
}

/**
 * Why a run's model would not be promoted to a stage if it were merged now: what cannot be registered cannot be
 * promoted. People's approvals are asked for later.
 */
export function targetBlockers(run: RunResult, stage: string, record: ModelRecord | undefined): Refusal[] {
  const { hold } = record ?? {};
  const held = { code: "MODEL_ON_HOLD", message: `${run.model} is on hold${hold?.reason ? `: ${hold.reason}` : ""}.` };
  return [...registerBlockers(run), ...(hold ? [held] : []), ...gateRefusals(run.gates[stage] ?? [])];
}
