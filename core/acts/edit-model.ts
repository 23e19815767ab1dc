import type { ModelRecord } from "../../schemas/model-record.ts";
import type { Person } from "../../schemas/names.ts";
import { laterOf, timestamp } from "../clock.ts";
import { SlipwayError } from "../errors.ts";
import { displayName, isRetired } from "../promotion/apply-change.ts";
import { changedMeanwhile, editedPart } from "../promotion/changed-meanwhile.ts";
import { modelEdit } from "../registry/edits.ts";
import { checkAlias, checkedDescription, withLabel, withoutKey } from "../registry/labels.ts";
import type { Authorize } from "./authorize.ts";
import { type Denied, type EditPorts, editAndPublish } from "./edit-and-publish.ts";
import { knownModel } from "./registered.ts";

/** What is said of a model. */
export type ModelEdit =
  | { act: "describe"; description: string }
  | { act: "tag"; key: string; value: string }
  | { act: "untag"; key: string }
  | { act: "alias"; alias: string; version: number }
  | { act: "unalias"; alias: string };

export interface EditModelOptions {
  model: string;
  edit: ModelEdit;
  /** The state that the person saw, as `stateMark` says it: of another one nothing is written over. */
  seen?: string | undefined;
  by: Person;
  authorize?: Authorize | undefined;
}

export type EditModelResult = { outcome: "changed" | "unchanged"; record: ModelRecord } | Denied;

/**
 * Says something about a model: the same again is nothing to do, and so is taking away what is not there.
 * Rejects with MODEL_UNKNOWN, VERSION_UNKNOWN (an alias leads to a version that is there), LABEL_INVALID or ALIAS_INVALID.
 */
export async function editModel(ports: EditPorts, options: EditModelOptions): Promise<EditModelResult> {
  const { model, edit, seen, by, authorize } = options;
  if (edit.act === "alias") checkAlias(edit.alias);
  return editAndPublish<EditModelResult>(ports, authorize, async (snapshot) => {
    const record = await knownModel(snapshot, model);
    const at = timestamp(ports.clock());
    const next = edited(record, edit, laterOf(at, record.updated_at));
    if (next === undefined) return { result: { outcome: "unchanged", record } };
    const refusal = changedMeanwhile(seen, editedPart(record, edit.act));
    if (refusal) return { result: { outcome: "denied", refusal } };
    const subject = subjectOf(edit, displayName(record));
    const change = modelEdit(next, edit.act, subject, { by, at, host: ports.name });
    return { result: { outcome: "changed", record: next }, change };
  });
}

/** Undefined where it says nothing new. Descriptions alone count as an update, as in MLflow. */
function edited(record: ModelRecord, edit: ModelEdit, at: string): ModelRecord | undefined {
  switch (edit.act) {
    case "describe": {
      const { description, ...rest } = record;
      if (edit.description === (description ?? "")) return undefined;
      const said = edit.description === "" ? {} : { description: checkedDescription(edit.description) };
      return { ...rest, ...said, updated_at: at } as ModelRecord;
    }
    case "tag":
      if (record.tags[edit.key] === edit.value && Object.hasOwn(record.tags, edit.key)) return undefined;
      return { ...record, tags: withLabel(record.tags, edit.key, edit.value) };
    case "untag":
      if (!Object.hasOwn(record.tags, edit.key)) return undefined;
      return { ...record, tags: withoutKey(record.tags, edit.key) };
    case "alias":
      if (edit.version > record.latest_version || edit.version < 1 || isRetired(record, edit.version))
        throw new SlipwayError("VERSION_UNKNOWN", `${displayName(record)} has no version ${edit.version}`, {
          found: String(edit.version),
          hint: `slipway show ${record.name}`,
        });
      if (Object.hasOwn(record.aliases, edit.alias) && record.aliases[edit.alias] === edit.version) return undefined;
      return { ...record, aliases: { ...record.aliases, [edit.alias]: edit.version } };
    case "unalias":
      if (!Object.hasOwn(record.aliases, edit.alias)) return undefined;
      return { ...record, aliases: withoutKey(record.aliases, edit.alias) };
  }
}

function subjectOf(edit: ModelEdit, model: string): string {
  switch (edit.act) {
    case "describe":
      return `Describe ${model}`;
    case "tag":
      return `Tag ${model} with ${edit.key}`;
    case "untag":
      return `Remove the tag ${edit.key} from ${model}`;
    case "alias":
      return `Let ${edit.alias} be ${model} version ${edit.version}`;
    case "unalias":
      return `Remove the alias ${edit.alias} from ${model}`;
  }
}
