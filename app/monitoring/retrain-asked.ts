import { monitorStates } from "../../core/acts/monitor-states.ts";
import type { RetrainOutcome } from "../../core/acts/open-retrain.ts";
import { timestamp } from "../../core/clock.ts";
import { labelDelay } from "../../core/drift/label-delay.ts";
import { windowLength } from "../../core/drift/windows.ts";
import { SlipwayError } from "../../core/errors.ts";
import type { Refusal } from "../../schemas/decision.ts";
import type { MonitorResult, MovedPins } from "../../schemas/monitoring.ts";
import type { EventContext } from "../github/event-context.ts";
import { isTemporary } from "../github/failure-kind.ts";
import { registryOf } from "../repositories/read-mirror.ts";
import { openRetrainPull } from "./open-retrain.ts";

/** Opens the retrain pull requests that somebody asked for, whatever the policy says; resolves to what became of each. */
export async function retrainAsked(
  context: EventContext,
  { moved, retrain = [] }: MonitorResult,
  thread: number | undefined,
): Promise<Map<string, RetrainOutcome | Refusal>> {
  const done = new Map<string, RetrainOutcome | Refusal>();
  for (const pins of moved.filter(({ model }) => retrain.includes(model))) {
    const result = await retrainOne(context, pins, thread).catch((error: unknown) => {
      if (!(error instanceof SlipwayError) || isTemporary(error)) throw error;
      return refusalOf(error);
    });
    done.set(pins.model, result);
  }
  return done;
}

async function retrainOne(
  context: EventContext,
  moved: MovedPins,
  thread: number | undefined,
): Promise<RetrainOutcome> {
  const isKnown = (await (await registryOf(context)).models()).includes(moved.model);
  const asked = { models: [moved.model], at: context.clock() };
  const [standing] = isKnown ? await monitorStates(context.ports, asked) : [];
  const at = timestamp(context.clock());
  const delay = labelDelay(standing?.windows ?? [], at, windowLength(standing?.loaded?.spec.monitor));
  const alarms = (standing?.state.alarms ?? []).map(({ words }) => words);
  const by = thread === undefined ? "whoever started slipway-monitor.yml" : `a comment in issue ${thread}`;
  return openRetrainPull(context, { moved, reason: { alarms, by }, at, delay, asked: true });
}

function refusalOf({ code, message, problems }: SlipwayError): Refusal {
  const hint = problems[0]?.hint;
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}
