import { holdModel } from "../../../core/acts/hold.ts";
import { toSecond } from "../../../core/clock.ts";
import type { Command } from "../grammar/grammar.ts";
import { resolveModel } from "../grammar/resolve-target.ts";
import { type Answer, deniedAnswer } from "./answer.ts";
import { type CommandContext, typed } from "./command-context.ts";

/** `/hold` and `/unhold`. */
export async function hold(
  commandContext: CommandContext,
  command: Extract<Command, { name: "hold" | "unhold" }>,
): Promise<Answer> {
  const { context, requester, source, thread, known } = commandContext;
  const { name, model: named } = command;
  const model = resolveModel(named, thread, known);
  const result = await holdModel(context.ports, {
    ...{ model, hold: name === "hold", reason: command.name === "hold" ? command.reason : undefined, source },
    by: requester.person,
    authorize: requester.authorize(name),
  });
  const release = `\`${typed(commandContext, { name: "unhold", model })}\` releases it.`;
  switch (result.outcome) {
    case "held":
      return {
        sign: "held",
        title: `${model} is on hold`,
        said: [
          `Nothing of it is promoted; rolling back works. ${result.review.by.name}: ${result.review.reason ?? "no reason"}`,
        ],
        next: release,
        changed: true,
      };
    case "released":
      return {
        sign: "done",
        title: `${model} is released`,
        said: ["Its versions can be promoted again."],
        changed: true,
      };
    case "unchanged":
      if (result.hold === undefined) return { sign: "note", title: `${model} is not on hold` };
      return {
        sign: "note",
        title: `${model} is on hold already`,
        said: [
          `Since ${toSecond(result.hold.at)}, by ${result.hold.by.name}${result.hold.reason === undefined ? "" : `: ${result.hold.reason}`}`,
        ],
        next: release,
      };
    case "denied":
      return deniedAnswer(result.refusal);
  }
}
