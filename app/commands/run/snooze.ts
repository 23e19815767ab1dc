import { snoozeModel } from "../../../core/acts/snooze.ts";
import { toSecond } from "../../../core/clock.ts";
import type { CommandArguments } from "../grammar/grammar.ts";
import { resolveModel } from "../grammar/resolve-target.ts";
import { type Answer, deniedAnswer } from "./answer.ts";
import type { CommandContext } from "./command-context.ts";

/** `/snooze`. */
export async function snooze(
  { context, requester, source, thread, known }: CommandContext,
  given: CommandArguments["snooze"],
): Promise<Answer> {
  const model = resolveModel(given.model, thread, known);
  const { lasts, reason } = given;
  const result = await snoozeModel(context.ports, {
    ...{ model, lasts, reason, source, by: requester.person, authorize: requester.authorize("snooze") },
  });
  if (result.outcome === "denied") return deniedAnswer(result.refusal);
  return {
    sign: "held",
    title: `Alarms of ${model} are snoozed until ${toSecond(result.snooze.until)}`,
    said: [
      `No issue is opened and nothing is rolled back or trained again by itself; what is found is recorded all the same. ${result.snooze.by.name}: ${result.snooze.reason}`,
    ],
  };
}
