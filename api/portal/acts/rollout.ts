import { z } from "zod";
import { stepRollout } from "../../../core/acts/step-rollout.ts";
import { formAct } from "../request/form.ts";
import { Model, Reason, Stage } from "./fields.ts";
import { denied } from "./refused.ts";

const Fields = z.object({ model: Model, stage: Stage, what: z.enum(["pause", "resume", "abort"]), reason: Reason });

/** A person's word on a version that is on its way to a stage; its steps follow from figures alone. */
export const rollout = formAct<z.infer<typeof Fields>>({
  fields: Fields,
  async act({ host, visitor, source }, { model, stage, what, reason }) {
    const { person, authorize } = visitor;
    const result = await stepRollout(host.ports, {
      ...{ model, stage, asked: what, reason, source, by: person, authorize: authorize?.("rollout") },
      observe: async () => undefined,
    });
    switch (result.outcome) {
      case "denied":
        return denied(result.refusal);
      case "none":
        return { outcome: "done", said: `No version of ${model} is on its way to ${stage}.` };
      case "waiting":
        return { outcome: "done", said: `The rollout of ${model} to ${stage} goes on as it was: ${result.reason}.` };
      case "stepped":
        return {
          outcome: "done",
          said: `${model} version ${result.rollout.version}: its rollout to ${stage} ${DONE[what]}.`,
        };
    }
  },
});

const DONE = {
  pause: "is paused",
  resume: "goes on",
  abort: "has ended, and the stage stays as it was",
} as const;
