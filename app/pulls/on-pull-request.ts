import type { Handler } from "../github/event-handler.ts";
import { publishPull } from "./publish.ts";
import { notePull } from "./state/pull-request-cache.ts";

/** A pull request is opened, moves on, or is closed: its comment and its checks follow. */
export const onPullRequest: Handler<"pull_request"> = async (host, payload) => {
  const pull = notePull(host, payload.pull_request);
  await host.refresh([pull.number]);
  await publishPull(host, pull);
};

/** Of an edited pull request only another base matters: it is another change then. */
export const onPullRequestEdited: Handler<"pull_request.edited"> = async (host, payload) => {
  const pull = notePull(host, payload.pull_request);
  if (payload.changes.base === undefined) return;
  await host.refresh([pull.number]);
  await publishPull(host, pull);
};
