import type { Change } from "../../schemas/change.ts";
import type { ModelDisplayName } from "../../schemas/display-name.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { Person, Timestamp } from "../../schemas/names.ts";
import type { VersionMetadata } from "../../schemas/version-metadata.ts";
import { displayName, withChange } from "../promotion/apply-change.ts";
import { endedByChange } from "../rollout/state.ts";
import { type ActWords, changeOf } from "./message.ts";
import { recordFile } from "./records.ts";
import type { RegistryChange } from "./registry-change.ts";
import { changeTags } from "./tags.ts";

/** Who edits, when, and where. */
export interface Editor {
  by: Person;
  at: Timestamp;
  host: string;
}

/** What making a model without a version writes: its record, and its name where that is not the folder's. */
export function creationChange(record: ModelRecord, editor: Editor): RegistryChange {
  const files = [recordFile({ kind: "model", model: record.name }, record), ...displayNameFile(record, editor)];
  return changeOf(words("create", `Create ${fullName(record)}`, record.name, editor), files);
}

/** What saying something about a model writes: its record, changed. `act` and `subject` are the audit log's. */
export function modelEdit(record: ModelRecord, act: string, subject: string, editor: Editor): RegistryChange {
  return changeOf(words(act, subject, record.name, editor), [
    recordFile({ kind: "model", model: record.name }, record),
  ]);
}

/** What saying something about a version writes: the record beside its manifest. */
export function versionEdit(metadata: VersionMetadata, act: string, subject: string, editor: Editor): RegistryChange {
  const { model, version } = metadata;
  const files = [recordFile({ kind: "metadata", model, version }, metadata)];
  return changeOf(words(act, subject, model, editor, { Version: version }), files);
}

/** What a change writes: itself, the model's record as it follows, GTO's tags; of a renaming, the new name if it is one. */
export function changeChange(change: Change, record: ModelRecord, newName: boolean): RegistryChange {
  const { id, act, model, version, by, at, host } = change;
  const next = withChange(record, change);
  const editor = { by, at, host };
  const files = [
    recordFile({ kind: "change", model, id }, change),
    recordFile({ kind: "model", model }, next),
    ...(newName ? displayNameFile(next, editor) : []),
    ...endedByChange(record, change).map((ended) =>
      recordFile({ kind: "rollout", model, decision: ended.decision, n: ended.n }, ended),
    ),
  ];
  const about = { Version: version, Change: id };
  return changeOf(words(act, subjectOf(change, record), model, editor, about), files, changeTags(change));
}

function subjectOf({ act, version, from, to }: Change, record: ModelRecord): string {
  const model = displayName(record);
  switch (act) {
    case "withdraw":
      return `Withdraw ${model} version ${version}`;
    case "archive":
      return `Archive ${model} version ${version}`;
    case "unassign":
      return `Take ${model} version ${version} out of its stages`;
    case "deprecate":
      return `Deprecate ${model}`;
    case "revive":
      return `Revive ${model}`;
    case "rename":
      return `Rename ${from} to ${to}`;
  }
}

function displayNameFile(record: ModelRecord, { by, at }: Editor) {
  const name = displayName(record);
  if (name === record.name) return [];
  const called: ModelDisplayName = { slipway: 1, name, model: record.name, by, at };
  return [recordFile({ kind: "display-name", name }, called)];
}

function fullName(record: ModelRecord): string {
  return displayName(record) === record.name ? record.name : `${displayName(record)} as ${record.name}`;
}

function words(act: string, subject: string, model: string, editor: Editor, about: ActWords["about"] = {}): ActWords {
  return { act, subject, about: { ...about, Model: model }, ...editor };
}
