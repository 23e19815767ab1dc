import type { Decision } from "../../schemas/decision.ts";
import type { Evaluation } from "../../schemas/evaluation.ts";
import type { TryTerms } from "../../schemas/try.ts";
import { toSecond } from "../clock.ts";
import { stepWords } from "../rollout/plan.ts";
import { gateSection } from "./gate-section.ts";
import { promiseSection } from "./promise-section.ts";
import type { Report, Section } from "./report.ts";

/** What a decision's report says besides. */
interface AboutDecision {
  dryRun?: boolean;
  /** Of a dry run: the tries that its answer would cost. */
  unspent?: readonly TryTerms[] | undefined;
  /** The version's. */
  evaluation?: Evaluation | undefined;
}

/** A decision on a stage, as `slipway promote` and `slipway rollback` show it. */
export function decisionReport(decision: Decision, about: AboutDecision = {}): Report {
  const { dryRun = false } = about;
  const { act, model, version, stage, outcome, replaces, refusals, gates, policy } = decision;
  const allowed = outcome !== "refused";
  const steps = decision.rollout?.steps.map(stepWords).join(", then ");
  const replaced = replaces === undefined ? "" : `, replaces version ${replaces}`;
  const approvers = decision.approvals?.map(({ by }) => by.name) ?? [];
  const approved = approvers.length === 0 ? "" : `, approved by ${approvers.join(" and ")},`;
  const back = act === "rollback" ? " again" : "";
  return {
    title: `${model} version ${version}`,
    verdict: allowed
      ? {
          mark: "pass",
          text:
            steps === undefined
              ? `${dryRun ? "would go to" : "in"} ${stage}${back}${replaced}`
              : `${dryRun ? "would be" : "on its way"} ${dryRun ? "rolled out " : ""}to ${stage}, where version ${replaces} stays until the last step`,
        }
      : {
          mark: refusals.some(({ code }) => code !== "GATE_INCONCLUSIVE") ? "fail" : "inconclusive",
          text: `${dryRun ? "would be " : ""}kept out of ${stage}`,
        },
    notices: [
      ...(act === "rollback" ? ["Gates are not asked again: the version passed them when it was promoted."] : []),
      ...(steps === undefined ? [] : [`Rolled out by steps: ${steps}.`]),
      ...(decision.completes === undefined
        ? []
        : [`The last step of rollout ${decision.completes.slice(0, 12)}: its gates passed when that began.`]),
      ...(allowed && decision.completes === undefined && gates.length === 0 && act === "promote"
        ? [`No gate is declared for ${stage}.`]
        : []),
      ...artifactWords(decision),
    ],
    sections: [...gateSection({ [stage]: gates }), ...decisionPromises(decision, about)],
    footer: [
      dryRun
        ? "A dry run: nothing was recorded."
        : `Decision ${decision.id.slice(0, 12)}, by ${decision.requested_by.name}${approved} at ${toSecond(decision.decided_at)}; policy and gates as of commit ${policy.commit.slice(0, 12)}.`,
    ],
  };
}

/** What the gates of a decision promise. */
export function decisionPromises(
  { stage, gates, tries = [] }: Pick<Decision, "stage" | "gates" | "tries">,
  { unspent, evaluation }: AboutDecision = {},
): Section[] {
  return promiseSection({
    gates: { [stage]: gates },
    tries: unspent ?? tries,
    spent: unspent === undefined,
    evaluation,
    measured: unspent && evaluation && { evaluation, comparisons: evaluation.comparisons },
  });
}

/** What a reader has to know of the version's bytes, where nobody saw that they are there. */
export function artifactWords({ artifact_check }: Pick<Decision, "artifact_check">): string[] {
  const { outcome, reason, run } = artifact_check;
  if (outcome === "attested")
    return [`Run ${run} attests that its artifact is in the store, which this host may not read: ${reason}`];
  if (outcome === "unreachable")
    return [`Whether its artifact is in the store could not be told: ${reason ?? "no reason"}`];
  if (outcome === "elsewhere") return ["Its files are not in the store: the version is known by its address alone."];
  return [];
}
