import { rollBack } from "../../../core/acts/rollback.ts";
import type { Arguments } from "../grammar/grammar.ts";
import { resolveModel } from "../grammar/resolve-target.ts";
import { type Answer, denied } from "./answer.ts";
import type { Asking } from "./asking.ts";
import { decided, refusalLine } from "./decision.ts";

/** `/rollback`: the act's answer. */
export async function rollback(asking: Asking, given: Arguments["rollback"]): Promise<Answer> {
  const { host, asker, source, place, known } = asking;
  const model = resolveModel(given.model, place, known);
  const { stage, to, reason } = given;
  const result = await rollBack(host.ports, {
    ...{ model, stage, to, reason, source },
    requestedBy: asker.person,
    authorize: asker.allowed("rollback"),
  });
  switch (result.outcome) {
    case "rolled-back":
      return decided(asking, result.decision);
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
      return denied(result.refusal);
  }
}
