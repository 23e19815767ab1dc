import type { Change } from "../../schemas/change.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { StageName, TaggerTime, Timestamp } from "../../schemas/names.ts";
import { laterOf, taggerTime } from "../clock.ts";
import { own } from "../gates/gate-evidence.ts";

type Tagged = Pick<ModelRecord, "tagged_at" | "stages_tagged_at">;

/** A version's tag has the true second. Only the first one after a deprecation has to be later: it brings the model back. */
export function versionTaggedAt(
  at: Timestamp,
  record: (Tagged & Pick<ModelRecord, "retired_through" | "latest_version">) | undefined,
): TaggerTime {
  const revives = record !== undefined && record.retired_through === record.latest_version;
  return taggerTime(at, revives ? record.tagged_at : undefined);
}

/** A stage's tag is later than the stage's last one, and no earlier than its version's. */
export function stageTaggedAt(at: Timestamp, record: Tagged, stage: StageName, version?: TaggerTime): TaggerTime {
  const earliest = taggerTime(at, lastStageTag(record, stage));
  return version === undefined ? earliest : laterOf(earliest, version);
}

/**
 * The tags of a change are later than the last ones of the stages that it empties and of the version that it withdraws
 * (`version`), and a deprecation's later than all of the model's. Undefined if nothing is tagged.
 */
export function changeTaggedAt(
  at: Timestamp,
  record: Tagged,
  { act, ends = [], marked }: Pick<Change, "act" | "ends" | "marked">,
  version?: TaggerTime,
): TaggerTime | undefined {
  const emptied = ends.filter(({ unassigned }) => unassigned.length > 0);
  if (act !== "withdraw" && emptied.length === 0 && marked === undefined) return undefined;
  if (act === "deprecate") return taggerTime(at, record.tagged_at);
  return taggerTime(at, version, ...emptied.map(({ stage }) => lastStageTag(record, stage)));
}

/** The tag <model>@deprecated comes last: GTO takes a model for active whose last event, by the second, is any other one. */
export function deprecationTaggedAt({ tagged_at, ends = [] }: Change): TaggerTime | undefined {
  if (tagged_at === undefined || ends.every(({ unassigned }) => unassigned.length === 0)) return tagged_at;
  return taggerTime(`${tagged_at.slice(0, -1)}.000Z`, tagged_at);
}

/** What the record says of its tags, after one of `stages` (of none: a version's or the model's) at that moment. */
export function withTags<Record extends Tagged>(
  record: Record,
  at: TaggerTime | undefined,
  stages: readonly StageName[] = [],
): Record {
  if (at === undefined) return record;
  const tagged = Object.fromEntries(stages.map((stage) => [stage, at]));
  const stagesTagged = { ...record.stages_tagged_at, ...tagged };
  return {
    ...record,
    tagged_at: record.tagged_at === undefined ? at : laterOf(at, record.tagged_at),
    ...(Object.keys(stagesTagged).length === 0 ? {} : { stages_tagged_at: stagesTagged }),
  };
}

/** When the stage was last tagged, with an assignment or its end. */
export function lastStageTag({ stages_tagged_at }: Tagged, stage: StageName): TaggerTime | undefined {
  return own(stages_tagged_at ?? {}, stage);
}
