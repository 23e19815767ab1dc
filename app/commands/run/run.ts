import { SlipwayError } from "../../../core/errors.ts";
import { isTemporary } from "../../github/failure-kind.ts";
import type { Command } from "../grammar/grammar.ts";
import { type Answer, brokenAnswer, refusedAnswer } from "./answer.ts";
import type { CommandContext } from "./command-context.ts";
import { compare } from "./compare.ts";
import { help } from "./help.ts";
import { hold } from "./hold.ts";
import { promote } from "./promote.ts";
import { retrain } from "./retrain.ts";
import { retry } from "./retry.ts";
import { review } from "./review.ts";
import { rollback } from "./rollback.ts";
import { rollout } from "./rollout.ts";
import { score } from "./score.ts";
import { snooze } from "./snooze.ts";
import { status } from "./status.ts";

/**
 * Runs a command and resolves to its answer; a refusal is an answer, too. `read` parses the command, and throws if
 * its words are wrong. Rejects with failures that may go away by themselves: the event is then handled again, and an
 * act that is done already is not done twice.
 */
export async function answerTo(commandContext: CommandContext, read: () => Command): Promise<Answer> {
  try {
    return await run(commandContext, read());
  } catch (error) {
    if (isTemporary(error)) throw error;
    if (error instanceof SlipwayError) return refusedAnswer(error);
    // GitHub may not know yet what it told of: one more attempt, before anybody is told of a failure.
    if (!commandContext.context.again) throw error;
    commandContext.context.log.error({ err: error, source: commandContext.source }, "a command failed");
    return brokenAnswer(commandContext.context.delivery);
  }
}

function run(commandContext: CommandContext, command: Command): Promise<Answer> | Answer {
  switch (command.name) {
    case "promote":
      return promote(commandContext, command);
    case "approve":
    case "reject":
      return review(commandContext, command);
    case "rollback":
      return rollback(commandContext, command);
    case "rollout":
      return rollout(commandContext, command);
    case "hold":
    case "unhold":
      return hold(commandContext, command);
    case "retry":
      return retry(commandContext);
    case "retrain":
      return retrain(commandContext, command);
    case "snooze":
      return snooze(commandContext, command);
    case "score":
      return score(commandContext);
    case "status":
      return status(commandContext, command);
    case "compare":
      return compare(commandContext, command);
    case "help":
      return help();
  }
}
