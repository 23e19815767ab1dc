import type { Change } from "../../schemas/change.ts";
import type { Person } from "../../schemas/names.ts";
import { strictlyAfter } from "../clock.ts";
import { calledName, isGone } from "../promotion/apply-change.ts";
import { endStages } from "../promotion/end-stages.ts";
import { isCalledName } from "../registry/called.ts";
import { changeChange } from "../registry/edits.ts";
import type { Authorize } from "./authorize.ts";
import { changeId } from "./change-id.ts";
import type { ChangeResult } from "./change-version.ts";
import { nameInvalid, nameTaken } from "./create-model.ts";
import { type EditPorts, editAndPublish } from "./edit-and-publish.ts";
import { knownModel } from "./registered.ts";
import { said } from "./said.ts";

export interface RenameOptions {
  model: string;
  to: string;
  reason?: string | undefined;
  by: Person;
  authorize?: Authorize | undefined;
}

/**
 * Calls a model otherwise. Its folder, its tags and its records stay, and every name that it ever had finds it: no other
 * model can have it. Rejects with MODEL_UNKNOWN, NAME_INVALID or NAME_TAKEN.
 */
export async function renameModel(ports: EditPorts, options: RenameOptions): Promise<ChangeResult> {
  const { to, reason, by, authorize } = options;
  if (!isCalledName(to)) throw nameInvalid(to);
  return editAndPublish<ChangeResult>(ports, authorize, async (snapshot) => {
    const record = await knownModel(snapshot, options.model);
    const from = calledName(record);
    if (from === to) return { result: { outcome: "unchanged" } };
    const owner = await snapshot.find(to);
    if (owner !== undefined && owner !== record.name) throw nameTaken(to);
    const about = {
      ...{ act: "rename" as const, model: record.name, from, to },
      ...said(reason),
      by,
      at: strictlyAfter(ports.clock(), record.updated_at),
      host: ports.name,
    };
    const change: Change = { slipway: 1, id: changeId(about), ...about };
    return { result: { outcome: "changed", change }, change: changeChange(change, record, owner === undefined) };
  });
}

export type DeprecateOptions = Omit<RenameOptions, "to">;

/**
 * Retires a model with all its versions: stages and aliases are emptied, nothing is deleted. Registering a version brings
 * the model back, with numbers that go on. Rejects with MODEL_UNKNOWN.
 */
export async function deprecateModel(ports: EditPorts, options: DeprecateOptions): Promise<ChangeResult> {
  const { reason, by, authorize } = options;
  return editAndPublish<ChangeResult>(ports, authorize, async (snapshot) => {
    const record = await knownModel(snapshot, options.model);
    const { name: model } = record;
    if (record.deprecated !== undefined) return { result: { outcome: "unchanged" } };
    const changes = await snapshot.changes(model);
    const ends = endStages(record, { decisions: await snapshot.decisions(model), changes });
    // GTO has one such tag for a model, for good; and it needs a version's commit to stand on.
    const before = changes.some(({ marked }) => marked !== undefined);
    const marked = before || isGone(record, record.latest_version) ? undefined : record.latest_version || undefined;
    const about = {
      ...{ act: "deprecate" as const, model, through: record.latest_version },
      ...(marked === undefined ? {} : { marked }),
      ...(ends.length === 0 ? {} : { ends }),
      ...(Object.keys(record.aliases).length === 0 ? {} : { aliases: record.aliases }),
      ...said(reason),
      by,
      at: strictlyAfter(ports.clock(), record.updated_at),
      host: ports.name,
    };
    const change: Change = { slipway: 1, id: changeId(about), ...about };
    return { result: { outcome: "changed", change }, change: changeChange(change, record, false) };
  });
}
