import type { Person } from "../../schemas/names.ts";
import { displayName, isRetired } from "../promotion/apply-change.ts";
import { endStages } from "../promotion/end-stages.ts";
import { isDisplayName } from "../registry/display-name.ts";
import { changeChange } from "../registry/edits.ts";
import type { Authorize } from "./authorize.ts";
import type { ChangeResult } from "./change-version.ts";
import { nameInvalid, nameTaken } from "./create-model.ts";
import { type EditPorts, editAndPublish } from "./edit-and-publish.ts";
import { newChange } from "./new-change.ts";
import { refuseNewName } from "./new-name.ts";
import { knownModel } from "./registered.ts";

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
  if (!isDisplayName(to)) throw nameInvalid(to);
  return editAndPublish<ChangeResult>(ports, authorize, async (snapshot) => {
    const record = await knownModel(snapshot, options.model);
    const from = displayName(record);
    if (from === to) return { result: { outcome: "unchanged" } };
    const owner = await snapshot.find(to);
    if (owner !== undefined && owner !== record.name) throw nameTaken(to);
    if (owner === undefined) await refuseNewName(snapshot, to, record.name);
    const change = newChange(ports, snapshot, record, { act: "rename", from, to, reason, by });
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
    const changes = await snapshot.list("change", model);
    const ends = endStages(record, { decisions: await snapshot.list("decision", model), changes });
    // GTO has one such tag for a model, for good; and it needs a version's commit to stand on.
    const before = changes.some(({ marked }) => marked !== undefined);
    const marked = before || isRetired(record, record.latest_version) ? undefined : record.latest_version || undefined;
    const { latest_version: through, aliases } = record;
    const becoming = { act: "deprecate" as const, through, ends, aliases, reason, by };
    const change = newChange(ports, snapshot, record, marked === undefined ? becoming : { ...becoming, marked });
    return { result: { outcome: "changed", change }, change: changeChange(change, record, false) };
  });
}
