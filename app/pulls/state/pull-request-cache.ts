import { z } from "zod";
import { CommitId } from "../../../schemas/names.ts";
import type { EventContext } from "../../github/event-context.ts";
import { repositoryCache } from "../../repositories/repository-cache.ts";

/** What the App knows of a pull request, from GitHub alone. */
export interface PullRequest {
  number: number;
  head: CommitId;
  /** `owner/name`; undefined if the fork is gone. */
  headRepository: string | undefined;
  fork: boolean;
  /** The branch that it wants to be merged to. */
  base: string;
  /** That branch when GitHub last looked. */
  baseCommit: CommitId;
  state: "open" | "closed" | "merged";
  mergeCommit: CommitId | undefined;
}

const pullsOf = repositoryCache<number, PullRequest>();

/** A pull request in a webhook, and in an answer of REST. */
export const PullPayload = z.object({
  number: z.int().min(1),
  state: z.enum(["open", "closed"]),
  merged_at: z.string().nullish(),
  merge_commit_sha: CommitId.nullish(),
  head: z.object({ sha: CommitId, repo: z.object({ id: z.int(), full_name: z.string() }).nullish() }),
  base: z.object({ sha: CommitId, ref: z.string(), repo: z.object({ id: z.int() }) }),
});

/** Reads what GitHub says of a pull request, and remembers it. */
export function notePull(context: Pick<EventContext, "ports">, payload: unknown): PullRequest {
  const { number, state, merged_at, merge_commit_sha, head, base } = PullPayload.parse(payload);
  const merged = typeof merged_at === "string";
  const pull: PullRequest = {
    number,
    head: head.sha,
    headRepository: head.repo?.full_name,
    fork: head.repo?.id !== base.repo.id,
    base: base.ref,
    baseCommit: base.sha,
    state: merged ? "merged" : state,
    // While it is open this is a test merge's, which comes and goes.
    mergeCommit: merged ? (merge_commit_sha ?? undefined) : undefined,
  };
  pullsOf(context).set(number, pull);
  return pull;
}

/** The pull request as last heard of; one call if nothing was heard of it. */
export async function knownPull(context: EventContext, number: number): Promise<PullRequest> {
  return pullsOf(context).get(number) ?? askForPull(context, number);
}

/** The open pull requests that the App has heard of, the one that it used last at the end. */
export function knownOpenPulls(context: Pick<EventContext, "ports">): PullRequest[] {
  return pullsOf(context)
    .values()
    .filter(({ state }) => state === "open");
}

/** The pull request as GitHub has it now: one call. */
export async function askForPull(context: EventContext, number: number): Promise<PullRequest> {
  const { owner, name } = context.repository;
  const { data } = await context.octokit.rest.pulls.get({ owner, repo: name, pull_number: number });
  return notePull(context, data);
}

/** Pull requests to the default branch are what Slipway looks at: no other merge registers anything. */
export function isToDefaultBranch(
  { repository }: Pick<EventContext, "repository">,
  { base }: Pick<PullRequest, "base">,
): boolean {
  return base === repository.defaultBranch;
}
