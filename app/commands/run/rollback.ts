import { rollBack } from "../../../core/acts/rollback.ts";
import type { CommandArguments } from "../grammar/grammar.ts";
import { resolveModel, resolveStage } from "../grammar/resolve-target.ts";
import { type Answer, deniedAnswer } from "./answer.ts";
import type { CommandContext } from "./command-context.ts";
import { decided, refusalLine } from "./decision.ts";
import { aborted } from "./rollout.ts";

/** `/rollback`. */
export async function rollback(commandContext: CommandContext, given: CommandArguments["rollback"]): Promise<Answer> {
  const { context, requester, source, thread, known } = commandContext;
  const model = resolveModel(given.model, thread, known);
  const stage = resolveStage(given.stage, thread, known);
  const { to, reason } = given;
  const result = await rollBack(context.ports, {
    ...{ model, stage, to, reason, source },
    requestedBy: requester.person,
    authorize: requester.authorize("rollback"),
  });
  switch (result.outcome) {
    case "rolled-back":
      return decided(commandContext, result.decision);
    case "aborted":
      return aborted(result.ended);
    case "unchanged":
      return { sign: "note", title: `${model} version ${result.version} is in ${stage} already` };
    case "refused":
      return {
        sign: "refused",
        title: `${model} cannot be rolled back in ${stage}`,
        points: result.refusals.map(refusalLine),
        small: result.refusals.map(({ code }) => code),
      };
    case "denied":
      return deniedAnswer(result.refusal);
  }
}
