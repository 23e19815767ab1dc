import { observeRollout } from "../../core/acts/observe-rollout.ts";
import { stepRollout } from "../../core/acts/step-rollout.ts";
import { SlipwayError } from "../../core/errors.ts";
import { ensureDeployment } from "../deployments/ensure.ts";
import { personOf } from "../github/account.ts";
import type { EventContext } from "../github/event-context.ts";
import { rolloutsUnderWay } from "./under-way.ts";

/** The clock came round: each rollout that is under way takes the step that its signed reports lead to. */
export async function onSchedule(context: EventContext): Promise<void> {
  await context.refresh();
  const snapshot = await context.ports.registry.snapshot();
  for (const { model, stage } of await rolloutsUnderWay(context.repository.id, snapshot)) {
    try {
      await step(context, model, stage);
    } catch (error) {
      // What one model's store or records refuse keeps no other one waiting.
      if (!(error instanceof SlipwayError)) throw error;
      context.log.warn({ model, stage, code: error.code }, error.message);
    }
  }
}

async function step(context: EventContext, model: string, stage: string): Promise<void> {
  const { log, ports, reports } = context;
  const onRefused = (why: string) => log.warn({ model, stage, why }, "a report of a rollout does not count");
  const stepped = await stepRollout(ports, {
    ...{ model, stage, by: personOf(context.app) },
    observe: observeRollout(ports, { onRefused, store: reports }),
  });
  if (stepped.outcome !== "stepped") return;
  const { act, version, reason } = stepped.rollout;
  log.info({ model, stage, version, act, reason }, "a rollout took a step");
  if (stepped.decision !== undefined) await ensureDeployment(context, stepped.decision);
}
