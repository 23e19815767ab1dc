import type { ModelRecord } from "../../schemas/model-record.ts";
import { toSecond } from "../clock.ts";
import { currentRollout } from "../rollout/state.ts";

/** What is rolled out beside a stage's version, as the end of that version's cell; empty of nothing. */
export function onItsWay(record: ModelRecord, stage: string): string {
  const rolling = currentRollout(record, stage);
  return rolling === undefined ? "" : ` (${rolling.version} rolling out)`;
}

/** What is on its way into the stages of a model, a sentence each. */
export function rolloutNotices({ rollouts = {}, stages }: ModelRecord): string[] {
  return Object.entries(rollouts).map(([stage, { version, step, since, paused }]) => {
    const live = stages[stage]?.version;
    const state = paused === undefined ? "" : ` It is paused since ${toSecond(paused.at)}.`;
    return `Version ${version} is rolled out to ${stage} beside version ${live}: step ${step + 1}, since ${toSecond(since)}.${state}`;
  });
}
