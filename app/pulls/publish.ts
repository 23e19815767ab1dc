import { repositoryNotices } from "../../core/report/change-notices.ts";
import type { EventContext } from "../github/event-context.ts";
import { decideMergedCheck } from "./checks/decide-merged-check.ts";
import { publishCheck } from "./checks/publish-check.ts";
import { publishChecks } from "./checks/publish-checks.ts";
import { publishComment } from "./publish-comment.ts";
import { renderComment } from "./render/comment.ts";
import { loadPull } from "./state/load-pull.ts";
import { isToDefaultBranch, knownPull, type PullRequest } from "./state/pull-request-cache.ts";
import type { PullState } from "./state/state.ts";

/**
 * Brings the one comment and the two checks of a pull request up to date with what Git says now: its plan, its runs'
 * reports, the registry. It makes at most three calls if their ids are known, and none if nothing changed.
 */
export async function publishPullRequest(context: EventContext, number: number): Promise<void> {
  await context.refresh([number]);
  await publishPull(context, await knownPull(context, number));
}

/** As `publishPullRequest`, for callers that have refreshed the mirror and know the pull request. */
export async function publishPull(
  context: EventContext,
  pull: PullRequest,
  options: { anew?: boolean } = {},
): Promise<void> {
  if (!isToDefaultBranch(context, pull)) return;
  await publishLoaded(context, await loadPull(context, pull), options);
}

/** As `publishPull`, for callers that have loaded the pull request's state. */
export async function publishLoaded(
  context: EventContext,
  state: PullState,
  options: { anew?: boolean } = {},
): Promise<void> {
  const { pull, models, plan } = state;
  const about = models.length > 0 || plan.problems.length > 0 || repositoryNotices(plan.paths).length > 0;
  await publishComment(context, pull.number, renderComment(state, context.repository), about);
  if (pull.state === "open") return publishChecks(context, state, `pr:${pull.number}`, options);
  // What the checks said when it was merged or closed is what people decided by; but for where its version is now.
  const check = decideMergedCheck(state);
  if (check !== undefined) await publishCheck(context, pull.head, `pr:${pull.number}`, check, options);
}
