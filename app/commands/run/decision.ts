import type { StageOutcome } from "../../../core/acts/decide-stage.ts";
import { artifactWords, decisionPromises } from "../../../core/report/decision-report.ts";
import { gateSection } from "../../../core/report/gate-section.ts";
import { counted } from "../../../core/report/verdict-words.ts";
import { stepWords } from "../../../core/rollout/plan.ts";
import type { Decision, Refusal } from "../../../schemas/decision.ts";
import type { PromotionRequest } from "../../../schemas/promotion-request.ts";
import type { Review } from "../../../schemas/review.ts";
import type { Answer } from "./answer.ts";
import { type CommandContext, typed } from "./command-context.ts";

/** Where the answer stands: what is to be typed next is shorter on a pull request of one model. */
type Place = Pick<CommandContext, "thread">;

/** The answer that tells a decision, with its gates and its reasons. */
export function decided(commandContext: Place, decision: Decision): Answer {
  if (decision.outcome === "rolling-out") return rollingOut(commandContext, decision);
  return decision.outcome === "promoted" ? moved(commandContext, decision) : keptOut(commandContext, decision);
}

function moved(commandContext: Place, decision: Decision): Answer {
  const { act, model, version, stage, replaces, gates, approvals = [] } = decision;
  const back = act === "rollback";
  const said = [
    [
      replaces === undefined ? `It is the first version in ${stage}.` : `It replaces version ${replaces}.`,
      back
        ? "Gates are not asked again: the version passed them when it was promoted."
        : gates.length === 0
          ? `No gate is declared for ${stage}.`
          : `${gates.length === 1 ? "The gate passes" : `All ${gates.length} gates pass`}.`,
      ...(approvals.length === 0 ? [] : [`Approved by ${approvals.map(({ by }) => by.name).join(", ")}.`]),
    ].join(" "),
  ];
  return {
    sign: "done",
    title: `${model} version ${version} is in ${stage}${back ? " again" : ""}`,
    said,
    sections: [...gateSection({ [stage]: gates }), ...decisionPromises(decision)],
    next:
      replaces === undefined
        ? undefined
        : `\`${typed(commandContext, { name: "rollback", model, stage })}\` brings back what was there before.`,
    small: smallPrint(decision),
    moved: decision,
    changed: true,
  };
}

function rollingOut(commandContext: Place, decision: Decision): Answer {
  const { model, version, stage, replaces, gates, rollout } = decision;
  const steps = rollout?.steps.map(stepWords).join(", then ");
  return {
    sign: "waiting",
    title: `${model} version ${version} is on its way to ${stage}`,
    said: [`Version ${replaces} stays in ${stage} until the last step: ${steps}.`],
    sections: [...gateSection({ [stage]: gates }), ...decisionPromises(decision)],
    next: `\`${typed(commandContext, { name: "rollout", what: "status", model, stage })}\` tells how it goes, and \`${typed(commandContext, { name: "rollback", model, stage })}\` ends it.`,
    small: smallPrint(decision),
    changed: true,
  };
}

function keptOut(commandContext: Place, decision: Decision): Answer {
  const { model, version, stage, refusals, gates } = decision;
  return {
    sign: "refused",
    title: `${model} version ${version} stays out of ${stage}`,
    said: ["Nothing was changed. The decision is kept in the registry, with its reasons:"],
    points: refusals.filter((refusal) => refusals.length === 1 || !isMissing(refusal)).map(refusalLine),
    sections: [...gateSection({ [stage]: gates }), ...decisionPromises(decision)],
    next: nextAfter(commandContext, decision),
    small: [[...new Set(refusals.map(({ code }) => code))].join(", "), ...smallPrint(decision)],
    changed: true,
  };
}

/** Approvals would not help what the gates keep out. */
function isMissing({ code }: Refusal): boolean {
  return code === "APPROVALS_MISSING";
}

function nextAfter(commandContext: Place, { model, version, stage, refusals }: Decision): string {
  const codes = new Set(refusals.map(({ code }) => code));
  const again = `\`${typed(commandContext, { name: "promote", model, version, stage })}\` decides again.`;
  if (codes.has("MODEL_ON_HOLD"))
    return `\`${typed(commandContext, { name: "unhold", model })}\` releases it; then ${again}`;
  if (codes.has("GATE_FAILED"))
    return "Make it better in another pull request, and promote the version that it becomes.";
  return `When that is mended, ${again}`;
}

/** The answer that tells of a recorded request, which waits for other people. */
export function waiting(
  commandContext: Place,
  { request, gates, tries, needed, given }: Extract<StageOutcome, { outcome: "waiting" }>,
): Answer {
  const { model, version, stage, requested_by } = request;
  const missing = needed - given;
  return {
    sign: "waiting",
    title: `${model} version ${version} waits for ${counted(missing, "approval")} before ${stage}`,
    said: [
      `${gates.length === 0 ? "No gate is declared" : "The gates pass"}. ${stage} needs ${counted(needed, "approval")} by others than ${requested_by.name}, who asked; ${given === 0 ? "there is none yet" : `there ${given === 1 ? "is" : "are"} ${given}`}.`,
    ],
    sections: [...gateSection({ [stage]: gates }), ...decisionPromises({ stage, gates, tries: [...tries] })],
    next: `Somebody else: \`${typed(commandContext, { name: "approve", model })}\`, or \`/reject\` with a reason. What is approved is this version alone, and the gates decide again.`,
    small: [`request ${request.id.slice(0, 12)}`, `artifact sha256 ${request.artifact_sha256.slice(0, 12)}`],
    changed: true,
  };
}

export function rejected({ model, version, stage }: PromotionRequest, { by, reason }: Review): Answer {
  return {
    sign: "done",
    title: `${model} version ${version} was rejected for ${stage}`,
    said: [`${by.name} said no${reason === undefined ? "" : `: ${reason}`}`],
    next: "Nothing was changed. It can be asked for again.",
    changed: true,
  };
}

export function refusalLine({ message, hint }: Refusal): string {
  if (hint === undefined) return message;
  return `${message}${/[.!?]$/.test(message) ? "" : "."} ${hint}`;
}

function smallPrint(decision: Decision): string[] {
  const { id, policy, artifact_sha256, requested_by } = decision;
  return [
    `decision ${id.slice(0, 12)}, asked for by ${requested_by.name}`,
    `artifact sha256 ${artifact_sha256.slice(0, 12)}`,
    `rules as of ${policy.commit.slice(0, 12)}`,
    ...artifactWords(decision),
  ];
}
