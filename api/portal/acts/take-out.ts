import { z } from "zod";
import { changeVersion } from "../../../core/acts/change-version.ts";
import { type ActOutcome, type FormRequest, formAct } from "../request/form.ts";
import { Model, NeededReason, Reason, Seen, Version } from "./fields.ts";
import { denied } from "./refused.ts";

const Archiving = z.object({ model: Model, version: Version, reason: Reason, seen: Seen });
const Withdrawal = z.object({ model: Model, version: Version, reason: NeededReason, seen: Seen });

/** A version leaves its stages for the archive. A promotion can bring it back. */
export const archive = formAct<z.infer<typeof Archiving>>({
  fields: Archiving,
  act: (request, fields) => takeOut(request, "archive", fields),
});

/** A version is not to be used any more: for good. */
export const withdraw = formAct<z.infer<typeof Withdrawal>>({
  fields: Withdrawal,
  act: (request, fields) => takeOut(request, "withdraw", fields),
});

async function takeOut(
  { host, visitor }: FormRequest,
  act: "archive" | "withdraw",
  { model, version, reason, seen }: z.infer<typeof Archiving>,
): Promise<ActOutcome> {
  const { person, authorize } = visitor;
  const about = { model, version, act, reason, seen, by: person, authorize: authorize?.("retire") };
  const result = await changeVersion(host.ports, about);
  if (result.outcome === "denied") return denied(result.refusal);
  const state = act === "archive" ? "archived" : "withdrawn";
  if (result.outcome === "unchanged")
    return { outcome: "done", said: `${model} version ${version} is ${state} already.` };
  const { ends = [], aliases = {} } = result.change;
  const lost = [
    ...ends.map(({ stage }) => `${stage} is empty now.`),
    ...Object.keys(aliases).map((alias) => `The alias ${alias} went with it.`),
  ];
  return { outcome: "done", said: [`${model} version ${version} is ${state}.`, ...lost].join(" ") };
}
