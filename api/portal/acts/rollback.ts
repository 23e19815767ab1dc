import { z } from "zod";
import { rollBack } from "../../../core/acts/rollback.ts";
import { formAct } from "../request/form.ts";
import { Model, Reason, Stage, Version } from "./fields.ts";
import { denied, refusalLine } from "./refused.ts";

const Fields = z.object({
  model: Model,
  stage: Stage,
  to: z.union([z.literal("").transform(() => undefined), Version]).optional(),
  reason: Reason,
});

/** Brings back what was in a stage before, or ends the rollout that is under way there. */
export const rollback = formAct<z.infer<typeof Fields>>({
  fields: Fields,
  async act({ host, visitor, source }, { model, stage, to, reason }) {
    const { person, authorize } = visitor;
    const result = await rollBack(host.ports, {
      ...{ model, stage, to, reason, source, requestedBy: person },
      authorize: authorize?.("rollback"),
    });
    switch (result.outcome) {
      case "rolled-back": {
        const { version, replaces } = result.decision;
        const instead = replaces === undefined ? "" : ` in place of version ${replaces}`;
        return { outcome: "done", said: `${model} version ${version} is in ${stage} again${instead}.` };
      }
      case "aborted":
        return {
          outcome: "done",
          said: `${model} version ${result.ended.version} is not rolled out to ${stage} any more, which stays as it was.`,
        };
      case "unchanged":
        return { outcome: "done", said: `${model} version ${result.version} is in ${stage} already.` };
      case "denied":
        return denied(result.refusal);
      case "refused":
        return {
          outcome: "refused",
          code: result.refusals[0]?.code ?? "NOTHING_TO_RESTORE",
          title: `${model} cannot be rolled back in ${stage}`,
          said: result.refusals.map(refusalLine),
          status: 409,
        };
    }
  },
});
