import { z } from "zod";
import { snoozeModel } from "../../../core/acts/snooze.ts";
import { toSecond } from "../../../core/clock.ts";
import { formAct } from "../request/form.ts";
import { Model, NeededReason } from "./fields.ts";
import { denied } from "./refused.ts";

const Fields = z.object({
  model: Model,
  /** None: what was snoozed before may alarm again. */
  days: z.coerce.number().int().min(0).max(365),
  reason: NeededReason,
});

/** For a while nobody is told of a model's alarms, and nothing is done about them. */
export const snooze = formAct<z.infer<typeof Fields>>({
  fields: Fields,
  async act({ host, visitor, source }, { model, days, reason }) {
    const { person, authorize } = visitor;
    const lasts = days === 0 ? undefined : (`${days}d` as const);
    const about = { model, lasts, reason, source, by: person, authorize: authorize?.("snooze") };
    const result = await snoozeModel(host.ports, about);
    if (result.outcome === "denied") return denied(result.refusal);
    if (days === 0) return { outcome: "done", said: `${model} may alarm again.` };
    const said = `Alarms of ${model} are snoozed until ${toSecond(result.snooze.until)}: nobody is told, and nothing is done by itself. What is found is recorded all the same.`;
    return { outcome: "done", said };
  },
});
