import type { StageOutcome } from "../../../core/acts/decide-stage.ts";
import { counted } from "../../../core/report/verdict-words.ts";
import { stepWords } from "../../../core/rollout/plan.ts";
import type { Decision } from "../../../schemas/decision.ts";
import type { ActOutcome } from "../request/form.ts";
import type { PortalHost } from "../request/host.ts";
import { keptOut } from "./refused.ts";

/** What a person is told of a decision on a stage, however it was brought about. */
export async function stageOutcome(
  host: PortalHost,
  asked: { model: string; stage: string },
  result: StageOutcome,
): Promise<ActOutcome> {
  const { model, stage } = asked;
  switch (result.outcome) {
    case "promoted":
      return { outcome: "done", said: promotedWords(model, result.decision) };
    case "rolling-out":
      return { outcome: "done", said: rollingWords(model, result.decision) };
    case "refused":
      return keptOut(model, result.decision);
    case "unchanged": {
      const where = result.rollout === undefined ? "in" : "on its way to";
      return { outcome: "done", said: `${model} version ${result.version} is ${where} ${stage} already.` };
    }
    case "waiting": {
      const { request, needed, given } = result;
      const what = `${model} version ${request.version} waits for ${counted(needed - given, "approval")} before ${stage}`;
      return { outcome: "done", said: `${what}, by others than ${request.requested_by.name}, who asked.` };
    }
    case "comparing": {
      const { request, pairs } = result;
      const url = await host.compare?.(pairs);
      const others = pairs.map(({ live, stage: at }) => `version ${live}, which is in ${at}`).join(", and with ");
      const said = `${model} version ${request.version} is compared with ${others}, first: the default branch's own run does that, and then this request for ${stage} is decided.`;
      return { outcome: "done", said, link: url === undefined ? undefined : { url, words: "The comparison's run" } };
    }
  }
}

function promotedWords(model: string, decision: Decision): string {
  const { version, stage, replaces, gates, approvals = [] } = decision;
  return [
    `${model} version ${version} is in ${stage} now.`,
    replaces === undefined ? "It is the first version there." : `It replaces version ${replaces}.`,
    gates.length === 0 ? `No gate is declared for ${stage}.` : `${gatesPass(gates.length)}.`,
    ...(approvals.length === 0 ? [] : [`Approved by ${approvals.map(({ by }) => by.name).join(", ")}.`]),
  ].join(" ");
}

function gatesPass(gates: number): string {
  return gates === 1 ? "Its gate passes" : `All ${gates} gates pass`;
}

function rollingWords(model: string, { version, stage, replaces, rollout }: Decision): string {
  const steps = rollout?.steps.map(stepWords).join(", then ");
  return `${model} version ${version} is on its way to ${stage}. Version ${replaces} stays there until the last step: ${steps}.`;
}
