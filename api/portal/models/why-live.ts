import { counted } from "../../../core/report/verdict-words.ts";
import type { Decision } from "../../../schemas/decision.ts";

/**
 * Why a version is in a stage, in a sentence: who brought it there, and what its gates said. `evidence` is the decision whose gates
 * were asked: of one that came by steps, the decision that began them.
 */
export function whyLive(decision: Decision, evidence: Decision = decision): string {
  const { act, requested_by, replaces, approvals = [], completes } = decision;
  const came = act === "rollback" ? "brought back" : completes === undefined ? "promoted" : "rolled out step by step";
  const instead = replaces === undefined ? "" : ` in place of version ${replaces}`;
  const by = approvals.length > 0 ? approvals : (evidence.approvals ?? []);
  const approved = by.length === 0 ? "" : `, approved by ${by.map((each) => each.by.name).join(" and ")}`;
  return `${came} by ${requested_by.name}${instead}${approved}; ${gateWords(decision, evidence)}`;
}

function gateWords({ act }: Decision, { gates }: Decision): string {
  if (act === "rollback") return "it had passed its gates when it was promoted";
  if (gates.length === 0) return "no gate was asked";
  const passed = gates.filter(({ verdict }) => verdict === "pass").length;
  if (passed < gates.length) return `${passed} of ${counted(gates.length, "gate")} passed`;
  if (gates.length <= 2) return gates.length === 1 ? "its gate passed" : "both gates passed";
  return `all ${gates.length} gates passed`;
}
