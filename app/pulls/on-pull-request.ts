import type { EventHandler } from "../github/event-handler.ts";
import { publishPull } from "./publish.ts";
import { notePull } from "./state/pull-request-cache.ts";

/** A pull request is opened, moves on, or is closed: its comment and its checks follow. */
export const onPullRequest: EventHandler<"pull_request"> = async (context, payload) => {
  const pull = notePull(context, payload.pull_request);
  await context.refresh([pull.number]);
  await publishPull(context, pull);
};

/** A pull request was edited. Only another base matters: it makes another change of it. */
export const onPullRequestEdited: EventHandler<"pull_request.edited"> = async (context, payload) => {
  const pull = notePull(context, payload.pull_request);
  if (payload.changes.base === undefined) return;
  await context.refresh([pull.number]);
  await publishPull(context, pull);
};
