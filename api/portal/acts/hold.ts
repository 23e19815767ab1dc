import { z } from "zod";
import { holdModel } from "../../../core/acts/hold.ts";
import { toSecond } from "../../../core/clock.ts";
import { type ActOutcome, type FormRequest, formAct } from "../request/form.ts";
import { Model, Reason } from "./fields.ts";
import { denied } from "./refused.ts";

const Fields = z.object({ model: Model, reason: Reason });
type Fields = z.infer<typeof Fields>;

/** Keeps everything of a model from being promoted. */
export const hold = formAct<Fields>({ fields: Fields, act: (request, fields) => holding(request, true, fields) });

/** Releases a model from its hold. */
export const unhold = formAct<Fields>({ fields: Fields, act: (request, fields) => holding(request, false, fields) });

async function holding(
  { host, visitor, source }: FormRequest,
  isHold: boolean,
  { model, reason }: Fields,
): Promise<ActOutcome> {
  const result = await holdModel(host.ports, {
    ...{ model, hold: isHold, reason, source, by: visitor.person },
    authorize: visitor.authorize?.(isHold ? "hold" : "unhold"),
  });
  switch (result.outcome) {
    case "denied":
      return denied(result.refusal);
    case "held":
      return { outcome: "done", said: `${model} is on hold: nothing of it is promoted. Rolling back works.` };
    case "released":
      return { outcome: "done", said: `${model} is released: its versions can be promoted again.` };
    case "unchanged": {
      const { hold: held } = result;
      const since = held && `${model} is on hold already, since ${toSecond(held.at)}, by ${held.by.name}.`;
      return { outcome: "done", said: since ?? `${model} is not on hold.` };
    }
  }
}
