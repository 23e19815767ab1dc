import type { Refusal } from "../../schemas/decision.ts";
import type { GateResult } from "../../schemas/gate.ts";
import { reasonHint } from "../gates/gate-reasons.ts";
import { gateSubject } from "../gates/gate-words.ts";

/** One refusal for each gate that does not pass: inconclusive never counts as passed. */
export function gateRefusals(results: readonly GateResult[]): Refusal[] {
  return results
    .filter((result) => result.verdict !== "pass")
    .map((result) => {
      const failed = result.verdict === "fail";
      const whose = result.origin === "policy" ? " (the platform's floor)" : "";
      return {
        code: failed ? "GATE_FAILED" : "GATE_INCONCLUSIVE",
        message: `${gateSubject(result.gate)}${whose}: expected ${result.expected}, found ${result.found}`,
        ...(failed ? {} : { hint: reasonHint(result.reason) ?? "See docs/gates.md on inconclusive gates." }),
      };
    });
}
