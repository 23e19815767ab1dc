import type { Change } from "../../schemas/change.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import { laterOf } from "../clock.ts";
import { stagesEndedBy, withoutRollouts } from "../rollout/state.ts";
import { archivedAfter } from "./archived.ts";
import { deprecationTaggedAt, withTags } from "./tag-times.ts";

/** The model's record after a change; everything else in it survives. Fields that say nothing are left out. */
export function withChange(record: ModelRecord, change: Change): ModelRecord {
  const { id, act, at, version, ends = [], aliases = {}, through, to, marked } = change;
  const ended = new Set(ends.map(({ stage }) => stage));
  const stages = Object.fromEntries(Object.entries(record.stages).filter(([stage]) => !ended.has(stage)));
  const used = ends.flatMap(({ unassigned }) => unassigned.map(({ assignment }) => assignment));
  const assignments = Math.max(record.assignments ?? 0, ...used);
  const archived = archivedAfter(record, stages, at);
  const withdrawn = { ...record.withdrawn };
  if (version !== undefined) {
    if (act === "archive") archived[version] = at;
    else delete archived[version];
    if (act === "withdraw") withdrawn[version] = id;
  }
  const called = act === "rename" ? to : record.display_name;
  const deprecated = act === "deprecate" ? id : act === "revive" ? undefined : record.deprecated;
  const retired = through ?? record.retired_through;
  const {
    display_name: _,
    deprecated: __,
    archived: ___,
    withdrawn: ____,
    ...rest
  } = withoutRollouts(record, stagesEndedBy(record, change));
  const next = {
    ...rest,
    stages,
    aliases: Object.fromEntries(Object.entries(record.aliases).filter(([alias]) => !Object.hasOwn(aliases, alias))),
    ...(called === undefined || called === record.name ? {} : { display_name: called }),
    ...(Object.keys(archived).length === 0 ? {} : { archived }),
    ...(Object.keys(withdrawn).length === 0 ? {} : { withdrawn }),
    ...(deprecated === undefined ? {} : { deprecated }),
    ...(retired === undefined ? {} : { retired_through: retired }),
    ...(assignments === 0 ? {} : { assignments }),
    ...(act === "revive" ? { created_at: at } : {}),
    updated_at: laterOf(at, record.updated_at),
  } as ModelRecord;
  const emptied = ends.filter(({ unassigned }) => unassigned.length > 0).map(({ stage }) => stage);
  const tagged = withTags(next, change.tagged_at, emptied);
  return act === "deprecate"
    ? withTags(tagged, marked === undefined ? undefined : deprecationTaggedAt(change))
    : tagged;
}

/** What the model is called. */
export function displayName(record: Pick<ModelRecord, "name" | "display_name">): string {
  return record.display_name ?? record.name;
}

/** Whether a version was withdrawn, or deprecated with its model. */
export function isRetired(record: Pick<ModelRecord, "withdrawn" | "retired_through">, version: number): boolean {
  return version <= (record.retired_through ?? 0) || Object.hasOwn(record.withdrawn ?? {}, String(version));
}
