import type { Change } from "../../schemas/change.ts";
import type { Decision } from "../../schemas/decision.ts";
import type { ModelCalled } from "../../schemas/model-called.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { VersionMetadata } from "../../schemas/version-metadata.ts";
import { canonicalJson } from "../canonical.ts";
import { calledName, isGone, withChange } from "../promotion/apply-change.ts";
import { withAssignment } from "../promotion/assign-stage.ts";
import { type Finding, misplaced, wrong } from "./finding.ts";
import type { RecordPath } from "./kinds.ts";
import type { ModelRecords } from "./verify-model.ts";

/** What became of a model and its versions, and what people say of them: each agrees with what it names. */
export function verifyChanges(records: ModelRecords): Finding[] {
  return [
    ...[...records.changes].flatMap(([id, change]) => verifyChange(records, id, change)),
    ...[...records.metadata].flatMap(([version, metadata]) => verifyMetadata(records, version, metadata)),
    ...(records.record === undefined ? [] : verifyState(records, records.record)),
  ];
}

/** Names: each leads to a model, none to two, and each model has the one that it is called by. */
export function verifyCalled(
  called: ReadonlyMap<string, ModelCalled>,
  models: ReadonlyMap<string, ModelRecord>,
): Finding[] {
  const findings: Finding[] = [];
  for (const [name, record] of called) {
    const path: RecordPath = { kind: "called", name };
    if (record.name !== name) findings.push(misplaced(path, `the name ${record.name}`));
    if (!models.has(record.model))
      findings.push(wrong("RECORD_MISPLACED", path, `${name} is a name of ${record.model}, which is not there.`));
    if (models.has(name)) findings.push(wrong("RECORD_MISPLACED", path, `${name} is the name of two models.`));
  }
  for (const [model, record] of models) {
    const name = calledName(record);
    if (name !== model && called.get(name)?.model !== model)
      findings.push(wrong("RECORD_MISSING", { kind: "called", name }, `No record says that ${name} is ${model}.`));
  }
  return findings;
}

function verifyChange({ model, versions, decisions }: ModelRecords, id: string, change: Change): Finding[] {
  const path: RecordPath = { kind: "change", model, id };
  if (change.model !== model || change.id !== id) return [misplaced(path, `change ${change.id} of ${change.model}`)];
  const found: string[] = [];
  const { act, version, manifest, ends = [] } = change;
  const ofVersion = act === "withdraw" || act === "archive" || act === "unassign";
  if (ofVersion !== (version !== undefined)) found.push(`has ${version === undefined ? "no" : "a"} version`);
  if (version !== undefined && versions.get(version)?.blob !== manifest)
    found.push(`is about other bytes than version ${version}'s`);
  for (const { stage, decision } of ends) {
    const put = decisions.get(decision);
    if (put === undefined || put.stage !== stage || put.outcome !== "promoted")
      found.push(`empties ${stage} of decision ${decision}, which is not there`);
  }
  return found.map((what) => wrong("CHANGE_WRONG", path, `Change ${id} ${what}.`));
}

function verifyMetadata({ model, versions }: ModelRecords, version: number, metadata: VersionMetadata): Finding[] {
  const path: RecordPath = { kind: "metadata", model, version };
  if (metadata.model !== model || metadata.version !== version)
    return [misplaced(path, `what is said of ${metadata.model} version ${metadata.version}`)];
  if (versions.has(version)) return [];
  return [wrong("RECORD_MISPLACED", path, `Something is said of ${model} version ${version}, which is not there.`)];
}

const DERIVED = ["called", "archived", "withdrawn", "deprecated", "retired_through", "assignments"] as const;

/** The record's own account against the records that it follows from, done again in the order of their commits. */
function verifyState({ model, versions, acts: all }: ModelRecords, record: ModelRecord): Finding[] {
  const path: RecordPath = { kind: "model", model };
  const findings: Finding[] = [];
  const acts = all.flatMap((act): (Change | Decision)[] => {
    if (act.kind === "change") return [act.change];
    return act.kind === "decision" && act.decision.assignment !== undefined ? [act.decision] : [];
  });
  // A name that a model was made with has a record of its own, and no change.
  const first = acts.find((act) => act.act === "rename");
  const made = first === undefined ? record.called : first.act === "rename" ? first.from : undefined;
  let replayed: ModelRecord = {
    ...{ slipway: 1, name: model, tags: {}, aliases: {}, stages: {}, latest_version: 0 },
    ...{ created_at: record.created_at, updated_at: record.created_at },
    ...(made === undefined || made === model ? {} : { called: made }),
  };
  for (const act of acts) {
    if ("decided_at" in act) {
      replayed = withAssignment(replayed, act);
      continue;
    }
    if (act.act === "rename" && act.from !== calledName(replayed))
      findings.push(changeWrong(act, `renames ${act.from}, and the model was called ${calledName(replayed)}`));
    if (act.version !== undefined && isGone(replayed, act.version))
      findings.push(changeWrong(act, `is about version ${act.version}, which was gone`));
    replayed = withChange(replayed, act);
  }
  const revived = [...versions.values()].some(({ manifest }) => manifest.version > (replayed.retired_through ?? 0));
  if (revived) delete replayed.deprecated;
  for (const key of DERIVED) {
    const expected = said(replayed[key]);
    const found = said(record[key]);
    if (expected !== found)
      findings.push(wrong("STATE_WRONG", path, `${model}'s ${key} is not what its records say.`, { expected, found }));
  }
  for (const [alias, version] of Object.entries(record.aliases))
    if (!versions.has(version) || isGone(record, version))
      findings.push(
        wrong("ALIAS_WRONG", path, `${model}'s alias ${alias} leads to version ${version}, which is gone.`),
      );
  return findings;
}

function changeWrong({ model, id }: Change, what: string): Finding {
  return wrong("CHANGE_WRONG", { kind: "change", model, id }, `Change ${id} ${what}.`);
}

function said(value: unknown): string {
  return value === undefined ? "nothing" : canonicalJson(value).trim().replace(/\s+/g, " ");
}
