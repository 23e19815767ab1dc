import { openRetrain, type RetrainOptions, type RetrainOutcome } from "../../core/acts/open-retrain.ts";
import { personOf } from "../github/account.ts";
import type { EventContext } from "../github/event-context.ts";
import { pullHost } from "./pull-host.ts";

/**
 * Opens the pull request that brings a model its new pins, or finds what was opened before. Twice is once, also after a kill
 * between the branch and the pull request. Rejects as `openRetrain` does.
 */
export async function openRetrainPull(
  context: EventContext,
  options: Omit<RetrainOptions, "by" | "pulls" | "preview">,
): Promise<RetrainOutcome> {
  const { app, log, ports } = context;
  const done = await openRetrain(ports, { ...options, by: personOf(app), pulls: pullHost(context) });
  log.info({ model: options.moved.model, outcome: done.outcome, pull: done.pull }, "a retrain pull request");
  return done;
}
