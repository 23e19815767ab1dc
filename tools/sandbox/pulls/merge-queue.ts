import type { Doing } from "../doing.ts";
import { emit } from "../events/emit.ts";
import { readCommit } from "../git/commits.ts";
import { commitOf, serverGit } from "../git/run.ts";
import { NO_OBJECT } from "../rules/enforce.ts";
import type { Repo, State } from "../state.ts";
import { showCommitSimple } from "../views/commit.ts";
import { markClosed, tellOfPull } from "./follow-branch.ts";
import { mergeInto } from "./merge.ts";
import { receivePush } from "./receive-push.ts";

/** A group of pull requests in a merge queue: its branch holds what the base would become. */
export interface MergeGroup {
  headSha: string;
  /** `refs/heads/gh-readonly-queue/…`. */
  headRef: string;
  /** Moves the base there, as GitHub does once the checks pass. */
  land(): Promise<void>;
  /** Takes the group out of the queue. */
  destroy(reason: "dequeued" | "invalidated"): Promise<void>;
}

/** Makes a group, in the owner's name, and asks for its checks. Rejects if a pull request is missing or conflicts. */
export async function queueForMerge(state: State, repo: Repo, numbers: readonly number[]): Promise<MergeGroup> {
  const pulls = numbers.flatMap((number) => repo.pulls.get(number) ?? []);
  const [first] = pulls;
  if (first === undefined || pulls.length < numbers.length) throw new Error(`There are no pull requests ${numbers}`);
  const { owner: by } = repo;
  const doing: Doing = { state, repo, actor: { kind: "user", account: by } };
  const base_ref = `refs/heads/${first.base.ref}`;
  const base_sha = await serverGit(repo.folder, ["rev-parse", base_ref]);
  let head_sha = base_sha;
  for (const pull of pulls) {
    const merged = await mergeInto(repo, pull, head_sha, by, "merge");
    if (merged === undefined) throw new Error(`Pull request ${pull.number} conflicts`);
    head_sha = merged;
  }
  const head_ref = `refs/heads/gh-readonly-queue/${first.base.ref}/pr-${numbers.at(-1)}-${base_sha}`;
  const head_commit = showCommitSimple(await readCommit(repo.folder, head_sha));
  const merge_group = { head_sha, head_ref, base_sha, base_ref, head_commit };
  await serverGit(repo.folder, ["update-ref", head_ref, head_sha]);
  await receivePush(doing, [{ ref: head_ref, old: NO_OBJECT, new: head_sha }]);
  emit(doing, "merge_group", { action: "checks_requested", merge_group });
  const destroy = async (reason: string) => {
    if ((await commitOf(repo.folder, head_ref)) === undefined) return;
    await serverGit(repo.folder, ["update-ref", "-d", head_ref]);
    emit(doing, "merge_group", { action: "destroyed", merge_group, reason });
    await receivePush(doing, [{ ref: head_ref, old: head_sha, new: NO_OBJECT }]);
  };
  const land = async () => {
    await serverGit(repo.folder, ["update-ref", base_ref, head_sha, base_sha]);
    for (const pull of pulls) markClosed(doing, pull, { by, commit: head_sha });
    await receivePush(doing, [{ ref: base_ref, old: base_sha, new: head_sha }]);
    for (const pull of pulls) tellOfPull(doing, pull, "closed");
    await destroy("merged");
  };
  return { headSha: head_sha, headRef: head_ref, land, destroy };
}
