import type { Acceptance } from "../../schemas/acceptance.ts";
import type { Change } from "../../schemas/change.ts";
import type { ModelCalled } from "../../schemas/model-called.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { Person, Timestamp } from "../../schemas/names.ts";
import type { VersionMetadata } from "../../schemas/version-metadata.ts";
import { calledName, withChange } from "../promotion/apply-change.ts";
import { formatPersonLine } from "./person-line.ts";
import { recordFile } from "./records.ts";
import type { RegistryChange } from "./registry.ts";
import { changeTags } from "./tags.ts";

/** Who edits, when, and where. */
export interface Editor {
  by: Person;
  at: Timestamp;
  host: string;
}

/** What making a model without a version writes: its record, and its name where that is not the folder's. */
export function creationChange(record: ModelRecord, editor: Editor): RegistryChange {
  return {
    files: [recordFile({ kind: "model", model: record.name }, record), ...calledFile(record, editor)],
    ...about("create", `Create ${words(record)}`, record, editor),
  };
}

/** What saying something about a model writes: its record, changed. `act` and `subject` are the audit log's. */
export function modelEdit(record: ModelRecord, act: string, subject: string, editor: Editor): RegistryChange {
  return {
    files: [recordFile({ kind: "model", model: record.name }, record)],
    ...about(act, subject, record, editor),
  };
}

/** What saying something about a version writes: the record beside its manifest. */
export function versionEdit(
  metadata: VersionMetadata,
  record: ModelRecord,
  act: string,
  subject: string,
  editor: Editor,
): RegistryChange {
  const { model, version } = metadata;
  return {
    files: [recordFile({ kind: "metadata", model, version }, metadata)],
    ...about(act, subject, record, editor, version),
  };
}

/** What a change writes: itself, the model's record as it follows, GTO's tags; of a renaming, the new name if it is one. */
export function changeChange(change: Change, record: ModelRecord, newName: boolean): RegistryChange {
  const next = withChange(record, change);
  const editor = { by: change.by, at: change.at, host: change.host };
  const { trailers, ...rest } = about(change.act, subjectOf(change, record), record, editor, change.version);
  return {
    ...rest,
    files: [
      recordFile({ kind: "change", model: change.model, id: change.id }, change),
      recordFile({ kind: "model", model: change.model }, next),
      ...(newName ? calledFile(next, editor) : []),
    ],
    tags: changeTags(change),
    trailers: { ...trailers, "Slipway-Change": change.id },
  };
}

/** What accepting the times of a commit writes: the acceptance alone. */
export function acceptanceChange(acceptance: Acceptance): RegistryChange {
  const { commit, by, at, host } = acceptance;
  return {
    files: [recordFile({ kind: "accepted", commit }, acceptance)],
    tags: [],
    subject: `Accept the times up to commit ${commit}`,
    trailers: { "Slipway-Act": "accept", "Slipway-Actor": formatPersonLine(by), "Slipway-Host": host },
    author: by,
    at,
  };
}

function subjectOf({ act, version, from, to }: Change, record: ModelRecord): string {
  const model = calledName(record);
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

function calledFile(record: ModelRecord, { by, at }: Editor) {
  const name = calledName(record);
  if (name === record.name) return [];
  const called: ModelCalled = { slipway: 1, name, model: record.name, by, at };
  return [recordFile({ kind: "called", name }, called)];
}

function words(record: ModelRecord): string {
  return calledName(record) === record.name ? record.name : `${calledName(record)} as ${record.name}`;
}

function about(
  act: string,
  subject: string,
  record: ModelRecord,
  { by, at, host }: Editor,
  version?: number,
): Omit<RegistryChange, "files"> {
  return {
    tags: [],
    subject,
    trailers: {
      "Slipway-Act": act,
      "Slipway-Model": record.name,
      ...(version === undefined ? {} : { "Slipway-Version": String(version) }),
      "Slipway-Actor": formatPersonLine(by),
      "Slipway-Host": host,
    },
    author: by,
    at,
  };
}
