import type { Change } from "../../schemas/change.ts";
import type { Decision } from "../../schemas/decision.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { Person, StageName, Timestamp } from "../../schemas/names.ts";
import type { RolloutRecord, RolloutState } from "../../schemas/rollout.ts";
import { laterOf } from "../clock.ts";

/** What is on its way into the stage, if anything. */
export function currentRollout(record: Pick<ModelRecord, "rollouts">, stage: StageName): RolloutState | undefined {
  const { rollouts = {} } = record;
  return Object.hasOwn(rollouts, stage) ? rollouts[stage] : undefined;
}

/** The model's record with a decision's version on its way into its stage; everything else in it survives. */
export function withRolloutBegun(record: ModelRecord, decision: Decision): ModelRecord {
  const { version, stage, id, decided_at: at } = decision;
  const state: RolloutState = { version, decision: id, n: 0, step: 0, since: at };
  return withState(record, stage, state, at);
}

/** The model's record after a record of its rollout; everything else in it survives. */
export function withRollout(record: ModelRecord, { stage, n, act, step, cause, at }: RolloutRecord): ModelRecord {
  const state = currentRollout(record, stage);
  if (state === undefined || act === "abort" || act === "complete") return withState(record, stage, undefined, at);
  const { paused: _, ...rest } = state;
  if (act === "pause")
    return withState(record, stage, { ...state, n, paused: { by: cause === "person" ? "person" : "figures", at } }, at);
  return withState(record, stage, act === "advance" ? { ...rest, n, step, since: at } : { ...rest, n }, at);
}

/** The model's record without what was on its way into these stages. */
export function withoutRollouts(record: ModelRecord, stages: readonly StageName[]): ModelRecord {
  const { rollouts, ...rest } = record;
  const left = Object.entries(rollouts ?? {}).filter(([stage]) => !stages.includes(stage));
  return { ...rest, ...(left.length === 0 ? {} : { rollouts: Object.fromEntries(left) }) } as ModelRecord;
}

/** The stages whose rollout a change ends: that of the version that it takes away, and of a stage that it empties. */
export function stagesEndedBy(record: Pick<ModelRecord, "rollouts">, { act, version, ends = [] }: Change): StageName[] {
  const ended = new Set(ends.map(({ stage }) => stage));
  return Object.entries(record.rollouts ?? {})
    .filter(([stage, state]) => act === "deprecate" || state.version === version || ended.has(stage))
    .map(([stage]) => stage)
    .sort();
}

function withState(record: ModelRecord, stage: StageName, state: RolloutState | undefined, at: Timestamp): ModelRecord {
  const others = withoutRollouts(record, [stage]);
  const updated_at = laterOf(at, record.updated_at);
  if (state === undefined) return { ...others, updated_at };
  return { ...others, rollouts: { ...others.rollouts, [stage]: state }, updated_at };
}

/** Who ends a rollout by another act, and why. */
interface Ending {
  cause: RolloutRecord["cause"];
  reason: string;
  by: Person;
  at: Timestamp;
  host: string;
}

/** The record that ends what is on its way into the stage, where an act of another kind does; undefined of nothing. */
export function endOfRollout(record: ModelRecord, stage: StageName, ending: Ending): RolloutRecord | undefined {
  const state = currentRollout(record, stage);
  if (state === undefined) return undefined;
  const { version, decision, n, step } = state;
  return { slipway: 1, decision, n: n + 1, act: "abort", model: record.name, stage, version, step, ...ending };
}

/** The records that end what a change takes away, or takes the live version from. */
export function endedByChange(record: ModelRecord, change: Change): RolloutRecord[] {
  const { version, by, at, host } = change;
  return stagesEndedBy(record, change).flatMap((stage) => {
    const own = currentRollout(record, stage)?.version === version || change.act === "deprecate";
    const reason = own
      ? `the version is not to be used any more: change ${change.id}`
      : `${stage} was emptied: change ${change.id}`;
    return endOfRollout(record, stage, { cause: own ? "withdrawn" : "emptied", reason, by, at, host }) ?? [];
  });
}
