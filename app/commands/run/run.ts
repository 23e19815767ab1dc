import { SlipwayError } from "../../../core/errors.ts";
import { isTemporary } from "../../github/failure-kind.ts";
import type { Command } from "../grammar/grammar.ts";
import { type Answer, broken, refused } from "./answer.ts";
import type { Asking } from "./asking.ts";
import { compare } from "./compare.ts";
import { help } from "./help.ts";
import { hold } from "./hold.ts";
import { promote } from "./promote.ts";
import { retry } from "./retry.ts";
import { review } from "./review.ts";
import { rollback } from "./rollback.ts";
import { status } from "./status.ts";

/**
 * What came of a command, refusals too. `read` says what it is, and may throw what is wrong with its words. Rejects with
 * what may go away by itself: the event is then handled again, and an act that is done already is not done twice.
 */
export async function answerTo(asking: Asking, read: () => Command): Promise<Answer> {
  try {
    return await run(asking, read());
  } catch (error) {
    if (isTemporary(error)) throw error;
    if (error instanceof SlipwayError) return refused(error);
    // GitHub may not know yet what it told of: one more attempt, before anybody is told of a failure.
    if (!asking.host.again) throw error;
    asking.host.log.error({ err: error, source: asking.source }, "a command failed");
    return broken(asking.host.delivery);
  }
}

function run(asking: Asking, command: Command): Promise<Answer> | Answer {
  switch (command.name) {
    case "promote":
      return promote(asking, command);
    case "approve":
    case "reject":
      return review(asking, command);
    case "rollback":
      return rollback(asking, command);
    case "hold":
    case "unhold":
      return hold(asking, command);
    case "retry":
      return retry(asking);
    case "status":
      return status(asking, command);
    case "compare":
      return compare(asking, command);
    case "help":
      return help();
  }
}
