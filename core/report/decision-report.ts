import type { Decision } from "../../schemas/decision.ts";
import type { Evaluation } from "../../schemas/evaluation.ts";
import { toSecond } from "../clock.ts";
import { gateSection } from "./gate-section.ts";
import { promiseSection } from "./promise-section.ts";
import type { Report, Section } from "./report.ts";

/** A decision on a stage, as `slipway promote` and `slipway rollback` show it. `evaluation` is the version's. */
export function decisionReport(
  decision: Decision,
  { preview = false, evaluation }: { preview?: boolean; evaluation?: Evaluation | undefined } = {},
): Report {
  const { act, model, version, stage, outcome, replaces, refusals, gates, policy } = decision;
  const promoted = outcome === "promoted";
  const replaced = replaces === undefined ? "" : `, replaces version ${replaces}`;
  const approvers = decision.approvals?.map(({ by }) => by.name) ?? [];
  const approved = approvers.length === 0 ? "" : `, approved by ${approvers.join(" and ")},`;
  const back = act === "rollback" ? " again" : "";
  return {
    title: `${model} version ${version}`,
    verdict: promoted
      ? { mark: "pass", text: `${preview ? "would go to" : "in"} ${stage}${back}${replaced}` }
      : {
          mark: refusals.some(({ code }) => code !== "GATE_INCONCLUSIVE") ? "fail" : "inconclusive",
          text: `${preview ? "would be " : ""}kept out of ${stage}`,
        },
    notices: [
      ...(act === "rollback" ? ["Gates are not asked again: the version passed them when it was promoted."] : []),
      ...(promoted && gates.length === 0 && act === "promote" ? [`No gate is declared for ${stage}.`] : []),
      ...artifactWords(decision),
    ],
    sections: [...gateSection({ [stage]: gates }), ...decisionPromises(decision, { preview, evaluation })],
    footer: [
      preview
        ? "A preview: nothing was published."
        : `Decision ${decision.id.slice(0, 12)}, by ${decision.requested_by.name}${approved} at ${toSecond(decision.decided_at)}; policy and gates as of commit ${policy.commit.slice(0, 12)}.`,
    ],
  };
}

/** What the gates of a decision promise; a preview has spent nothing. */
export function decisionPromises(
  { stage, gates, tries = [] }: Pick<Decision, "stage" | "gates" | "tries">,
  { preview = false, evaluation }: { preview?: boolean; evaluation?: Evaluation | undefined } = {},
): Section[] {
  return promiseSection({ gates: { [stage]: gates }, tries, spent: !preview, evaluation });
}

/** What a reader has to know of the version's bytes, where nobody saw that they are there. */
export function artifactWords({ artifact_check: { outcome, reason } }: Pick<Decision, "artifact_check">): string[] {
  if (outcome === "unreachable")
    return [`Whether its artifact is in the store could not be told: ${reason ?? "no reason"}`];
  if (outcome === "elsewhere") return ["Its files are not in the store: the version is known by its address alone."];
  return [];
}
