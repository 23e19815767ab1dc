import type { EventContext } from "../github/event-context.ts";
import { publishPull } from "./publish.ts";
import { knownOpenPulls, notePull, type PullRequest } from "./state/pull-request-cache.ts";
import { readRecords } from "./state/records.ts";

/** The rules may change for all open pull requests at once; those that were touched last are looked at again. */
const MOST = 30;

/**
 * The default branch's rules may have changed: the checks of open pull requests follow them. One call, and one for
 * each check that changes.
 */
export async function reviewOpenPulls(context: EventContext): Promise<void> {
  const { owner, name: repo, defaultBranch: base } = context.repository;
  const { data } = await context.octokit.rest.pulls.list({
    ...{ owner, repo, base, state: "open", sort: "updated", direction: "desc", per_page: MOST },
  });
  await publishAll(
    context,
    data.map((pull) => notePull(context, pull)),
  );
}

/** Another version of these models may be live: open pull requests that change them are compared with it. */
export async function reviewPullsOf(context: EventContext, models: ReadonlySet<string>): Promise<void> {
  const open = knownOpenPulls(context).slice(-MOST);
  const about: PullRequest[] = [];
  for (const pull of open) {
    const records = await readRecords(context, pull.number);
    if ([...records.keys()].some((model) => models.has(model))) about.push(pull);
  }
  await publishAll(context, about);
}

async function publishAll(context: EventContext, pulls: readonly PullRequest[]): Promise<void> {
  if (pulls.length === 0) return;
  await context.refresh(pulls.map(({ number }) => number));
  for (const pull of pulls) await publishPull(context, pull);
}
