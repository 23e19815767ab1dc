import type { ModelRecord } from "../../schemas/model-record.ts";
import type { Person } from "../../schemas/names.ts";
import { timestamp } from "../clock.ts";
import { SlipwayError } from "../errors.ts";
import { withChange } from "../promotion/apply-change.ts";
import { folderFor, isDisplayName } from "../registry/display-name.ts";
import { changeChange, creationChange } from "../registry/edits.ts";
import { checkedDescription, withLabel } from "../registry/labels.ts";
import type { Authorize } from "./authorize.ts";
import { type Denied, type EditPorts, editAndPublish } from "./edit-and-publish.ts";
import { newChange } from "./new-change.ts";
import { refuseNewName } from "./new-name.ts";

export interface CreateModelOptions {
  /** What it is called: any name that MLflow takes. */
  name: string;
  description?: string | undefined;
  tags?: Readonly<Record<string, string>> | undefined;
  by: Person;
  authorize?: Authorize | undefined;
}

export type CreateModelResult =
  | { outcome: "created"; record: ModelRecord }
  /** A model is called so, or was. */
  | { outcome: "exists"; record: ModelRecord }
  | Denied;

/**
 * Makes a model without a version. One that was deprecated is revived under its old name: its numbers go on, its versions
 * stay retired. Rejects with NAME_INVALID or LABEL_INVALID.
 */
export async function createModel(ports: EditPorts, options: CreateModelOptions): Promise<CreateModelResult> {
  const { name, by, authorize, description } = options;
  if (!isDisplayName(name)) throw nameInvalid(name);
  let labels: Record<string, string> = {};
  for (const [key, value] of Object.entries(options.tags ?? {})) labels = withLabel(labels, key, value);
  const said = description ? { description: checkedDescription(description) } : {};
  return editAndPublish<CreateModelResult>(ports, authorize, async (snapshot) => {
    const folder = await snapshot.find(name);
    const existing = folder === undefined ? undefined : await snapshot.model(folder);
    if (existing?.deprecated !== undefined) {
      const { description: _, ...rest } = existing;
      const renewed = { ...rest, tags: labels, ...said } as ModelRecord;
      const change = newChange(ports, snapshot, existing, { act: "revive", by });
      const record = withChange(renewed, change);
      return { result: { outcome: "created", record }, change: changeChange(change, renewed, false) };
    }
    if (existing !== undefined) return { result: { outcome: "exists", record: existing } };
    await refuseNewName(snapshot, name);
    const key = folderFor(name);
    // The folder of an odd name is made from it: another model may have been given just that name.
    if (key !== name && (await snapshot.find(key)) !== undefined) throw nameTaken(key);
    const at = timestamp(ports.clock());
    const record: ModelRecord = {
      ...{ slipway: 1, name: key, tags: labels, aliases: {}, stages: {}, latest_version: 0 },
      ...(key === name ? {} : { display_name: name }),
      ...said,
      ...{ created_at: at, updated_at: at },
    };
    const change = creationChange(record, { by, at, host: ports.name });
    return { result: { outcome: "created", record }, change };
  });
}

export function nameInvalid(name: string): SlipwayError {
  return new SlipwayError("NAME_INVALID", `A model cannot be called ${JSON.stringify(name.slice(0, 200))}`, {
    expected: "a name of at most 100 characters, without / and :",
  });
}

export function nameTaken(name: string): SlipwayError {
  return new SlipwayError("NAME_TAKEN", `A model is called ${name}, or was`, {
    expected: "a name that no model ever had: old names go on finding their model",
    found: name,
  });
}
