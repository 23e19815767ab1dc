import type { Gate, GateResult } from "../../schemas/gate.ts";
import type { Problem } from "../../schemas/problem.ts";
import type { GateEvidence } from "./gate-evidence.ts";

export type GateAnswer = Omit<GateResult, "gate" | "origin" | "expected">;

/** How a gate is weaker than a floor: the key to mend, and what the floor asks for there. */
export interface Loosened {
  key: keyof Gate;
  expected: string;
}

/** One way to ask something of a version. */
export interface GateKind {
  /** With an article, as in `a threshold`. */
  name: string;
  /** A gate that has one of these is of this kind. */
  keys: readonly (keyof Gate)[];
  /** How the keys are written together, for a person who wrote none of them. */
  usage: string;
  /** What is wrong with a gate as it is written; without a key, with all of it. */
  problem(gate: Gate): (Pick<Problem, "message" | "expected" | "hint"> & { key?: keyof Gate }) | undefined;
  /** What the gate asks for, in words; thresholds stand as they were written. */
  words(gate: Gate): string[];
  check(gate: Gate, evidence: GateEvidence): GateAnswer;
  /** What of a gate is weaker than a floor of this kind on the same number; `other` if the two cannot be compared. */
  loosened(gate: Gate, floor: Gate): Loosened | "other" | undefined;
}
