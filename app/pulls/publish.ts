import { repositoryNotices } from "../../core/report/change-notices.ts";
import type { Host } from "../github/event-context.ts";
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
 * reports, the registry. Says nothing twice; at most three calls where their ids are known, and none where nothing changed.
 */
export async function publishPullRequest(host: Host, number: number): Promise<void> {
  await host.refresh([number]);
  await publishPull(host, await knownPull(host, number));
}

/** As `publishPullRequest`, for who has refreshed the mirror and knows the pull request. */
export async function publishPull(host: Host, pull: PullRequest, options: { anew?: boolean } = {}): Promise<void> {
  if (!isToDefaultBranch(host, pull)) return;
  await publishLoaded(host, await loadPull(host, pull), options);
}

/** As `publishPull`, for who has loaded it. */
export async function publishLoaded(host: Host, state: PullState, options: { anew?: boolean } = {}): Promise<void> {
  const { pull, models, plan } = state;
  const about = models.length > 0 || plan.problems.length > 0 || repositoryNotices(plan.paths).length > 0;
  await publishComment(host, pull.number, renderComment(state, host.repository), about);
  if (pull.state === "open") return publishChecks(host, state, `pr:${pull.number}`, options);
  // What the checks said when it was merged or closed is what people decided by; but for where its version is now.
  const check = decideMergedCheck(state);
  if (check !== undefined) await publishCheck(host, pull.head, `pr:${pull.number}`, check, options);
}
