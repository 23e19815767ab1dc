import { holdModel } from "../../../core/acts/hold.ts";
import { toSecond } from "../../../core/clock.ts";
import type { Command } from "../grammar/grammar.ts";
import { resolveModel } from "../grammar/resolve-target.ts";
import { type Answer, denied } from "./answer.ts";
import { type Asking, typed } from "./asking.ts";

/** `/hold` and `/unhold`: the act's answer. */
export async function hold(asking: Asking, command: Extract<Command, { name: "hold" | "unhold" }>): Promise<Answer> {
  const { host, asker, source, place, known } = asking;
  const { name, model: named } = command;
  const model = resolveModel(named, place, known);
  const result = await holdModel(host.ports, {
    ...{ model, hold: name === "hold", reason: command.name === "hold" ? command.reason : undefined, source },
    by: asker.person,
    authorize: asker.allowed(name),
  });
  const release = `\`${typed(asking, { name: "unhold", model })}\` releases it.`;
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
      return denied(result.refusal);
  }
}
