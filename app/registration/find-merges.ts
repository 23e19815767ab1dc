import { git } from "../../core/git/run.ts";
import type { CommitId } from "../../schemas/names.ts";
import type { EventContext } from "../github/event-context.ts";
import { startOf } from "../pulls/state/load-pull.ts";
import { planChange, runnable } from "../pulls/state/plan-pull.ts";
import { isToDefaultBranch, notePull, type PullRequest } from "../pulls/state/pull-request-cache.ts";
import { pullHead } from "../repositories/read-mirror.ts";

/** A pull request that brought a commit to the default branch, and the models that it asked a run for. */
export interface Merge {
  pull: PullRequest;
  models: string[];
}

/** A push may bring more commits than one; of further ones at most this many are asked for. */
const MOST_COMMITS = 10;

/**
 * The merged pull requests that a run of the default branch is about. They are those that brought its commit (by a
 * merge, a squash or a rebase). For a model that none of them touches, as when several are merged at once, they are
 * those of the last commit that changed the model. One call for each commit that is asked about.
 */
export async function findMerges(
  context: EventContext,
  head: CommitId,
  folders: ReadonlyMap<string, string>,
): Promise<Merge[]> {
  const merges = await mergesOf(context, head);
  const asked = new Set([head]);
  for (const [model, folder] of folders) {
    if (merges.some(({ models }) => models.includes(model)) || asked.size > MOST_COMMITS) continue;
    const commit = await lastChange(context, head, folder);
    if (commit === undefined || asked.has(commit)) continue;
    asked.add(commit);
    merges.push(...(await mergesOf(context, commit)).filter(({ models }) => models.includes(model)));
  }
  return [...new Map(merges.map((merge) => [merge.pull.number, merge])).values()];
}

async function mergesOf(context: EventContext, commit: CommitId): Promise<Merge[]> {
  const { owner, name: repo } = context.repository;
  const { data } = await context.octokit.rest.repos.listPullRequestsAssociatedWithCommit({
    ...{ owner, repo, commit_sha: commit, per_page: 30 },
  });
  const pulls = data.map((pull) => notePull(context, pull)).filter((pull) => isMergedHere(context, pull));
  const missing: number[] = [];
  for (const { number, head } of pulls) if ((await pullHead(context, number)) !== head) missing.push(number);
  if (missing.length > 0) await context.refresh(missing);
  const merges: Merge[] = [];
  for (const pull of pulls) {
    const plan = await planChange(context, await startOf(context, pull), pull.head);
    merges.push({ pull, models: runnable(plan) });
  }
  return merges;
}

function isMergedHere(context: EventContext, pull: PullRequest): boolean {
  return pull.state === "merged" && isToDefaultBranch(context, pull);
}

async function lastChange({ ports }: EventContext, head: CommitId, folder: string): Promise<CommitId | undefined> {
  const log = await git(ports.workspace.folder, ["log", "-1", "--first-parent", "--format=%H", head, "--", folder]);
  return log.toString().trim() || undefined;
}
