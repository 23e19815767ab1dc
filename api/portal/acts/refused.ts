import { decisionPromises } from "../../../core/report/decision-report.ts";
import { gateSection } from "../../../core/report/gate-section.ts";
import type { Decision, Refusal } from "../../../schemas/decision.ts";
import type { ActOutcome } from "../request/form.ts";

type Refused = Extract<ActOutcome, { outcome: "refused" }>;

/** The policy lets this person not do it, or what they saw is not so any more. Nothing was recorded. */
export function denied(refusal: Refusal): Refused {
  const { code, message, hint } = refusal;
  // What is not so any more is a conflict, and no lack of a right.
  const status = code === "OVERTAKEN" ? { status: 409 as const } : {};
  return { outcome: "refused", code, title: message, said: hint === undefined ? [] : [hint], ...status };
}

/** A decision that is recorded: what keeps the version out, its gates, what its tries cost, and what to do now. */
export function keptOut(called: string, decision: Decision): Refused {
  const { version, stage, gates, refusals } = decision;
  return {
    outcome: "refused",
    code: refusals[0]?.code ?? "GATE_FAILED",
    title: `${called} version ${version} stays out of ${stage}`,
    said: [
      "Nothing was changed. The decision is kept in the registry, with its reasons:",
      // Approvals would not help what the gates keep out.
      ...refusals.filter(({ code }) => refusals.length === 1 || code !== "APPROVALS_MISSING").map(refusalLine),
      nextStep(refusals),
    ],
    sections: [...gateSection({ [stage]: gates }), ...decisionPromises(decision)],
    status: 409,
  };
}

export function refusalLine({ message, hint }: Refusal): string {
  if (hint === undefined) return message;
  return `${message}${/[.!?]$/.test(message) ? "" : "."} ${hint}`;
}

function nextStep(refusals: readonly Refusal[]): string {
  const codes = new Set(refusals.map(({ code }) => code));
  if (codes.has("MODEL_ON_HOLD")) return "Release the model on its page; then it can be asked for again.";
  if (codes.has("GATE_FAILED"))
    return "Make the model better in another change, and promote the version that it becomes.";
  return "When that is mended, ask for it again.";
}
