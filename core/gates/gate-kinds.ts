import type { Gate } from "../../schemas/gate.ts";
import { COMPARING_GATE } from "./comparing-gate.ts";
import type { GateKind } from "./gate-kind.ts";
import { THRESHOLD_GATE } from "./threshold-gate.ts";

export const GATE_KINDS: readonly GateKind[] = [THRESHOLD_GATE, COMPARING_GATE];

/** The kinds that a gate has keys of: one, if it is well written. */
export function kindsOf(gate: Gate): readonly GateKind[] {
  return GATE_KINDS.filter(({ keys }) => keys.some((key) => gate[key] !== undefined));
}
