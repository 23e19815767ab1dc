import type { AskedGate, GateResult } from "../../schemas/gate.ts";
import type { StageName } from "../../schemas/names.ts";
import { checkGate } from "./check-gate.ts";
import type { GateEvidence } from "./gate-evidence.ts";

/** A gate in force, and the stage (or `register`) that asks it. */
export interface StageGate extends AskedGate {
  stage: StageName;
}

/** What each gate says, by stage. */
export function evaluateGates(gates: readonly StageGate[], evidence: GateEvidence): Record<StageName, GateResult[]> {
  const results: Record<StageName, GateResult[]> = {};
  for (const { stage, ...asked } of gates) {
    results[stage] = [...(results[stage] ?? []), checkGate(asked, evidence)];
  }
  return results;
}
