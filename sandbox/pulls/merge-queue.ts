import type { Actor } from "../auth/actor.ts";
import { emit } from "../events/emit.ts";
import { readCommit } from "../git/commits.ts";
import { commitOf, serverGit } from "../git/run.ts";
import { NO_OBJECT } from "../rules/enforce.ts";
import type { Account, Repo, State } from "../state.ts";
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

/** Makes a group and asks for its checks. Rejects where a pull request is missing or conflicts. */
export async function queueForMerge(state: State, repo: Repo, numbers: readonly number[]): Promise<MergeGroup> {
  const pulls = numbers.map((number) => repo.pulls.get(number));
  const [first] = pulls;
  if (first === undefined) throw new Error("There is nothing to queue");
  const bot = queueBot(repo);
  const base = {
    ref: `refs/heads/${first.base.ref}`,
    sha: await serverGit(repo.folder, ["rev-parse", `refs/heads/${first.base.ref}`]),
  };
  let headSha = base.sha;
  for (const [index, pull] of pulls.entries()) {
    const merged = pull && (await mergeInto(repo, pull, headSha, bot.account, "merge"));
    if (merged === undefined) throw new Error(`Pull request ${numbers[index]} cannot be merged`);
    headSha = merged;
  }
  const headRef = `refs/heads/gh-readonly-queue/${first.base.ref}/pr-${numbers.at(-1)}-${base.sha}`;
  await serverGit(repo.folder, ["update-ref", headRef, headSha]);
  const head_commit = showCommitSimple(await readCommit(repo.folder, headSha));
  const merge_group = { head_sha: headSha, head_ref: headRef, base_sha: base.sha, base_ref: base.ref, head_commit };
  const tell = (action: string, more = {}) =>
    emit(state, repo, "merge_group", { action, merge_group, ...more }, { sender: bot.account });
  await receivePush(state, repo, bot.actor, [{ ref: headRef, old: NO_OBJECT, new: headSha }]);
  tell("checks_requested");
  const destroy = async (reason: "dequeued" | "invalidated" | "merged") => {
    if ((await commitOf(repo.folder, headRef)) === undefined) return;
    await serverGit(repo.folder, ["update-ref", "-d", headRef]);
    tell("destroyed", { reason });
    await receivePush(state, repo, bot.actor, [{ ref: headRef, old: headSha, new: NO_OBJECT }]);
  };
  return {
    headSha,
    headRef,
    destroy,
    async land() {
      await serverGit(repo.folder, ["update-ref", base.ref, headSha, base.sha]);
      for (const pull of pulls) if (pull) markClosed(state, pull, { by: bot.account, commit: headSha });
      await receivePush(state, repo, bot.actor, [{ ref: base.ref, old: base.sha, new: headSha }]);
      for (const pull of pulls) if (pull) tellOfPull(state, repo, pull, "closed", bot.actor);
      await destroy("merged");
    },
  };
}

/** GitHub queues in a bot's name; here the repository's owner stands for it. */
function queueBot(repo: Repo): { account: Account; actor: Actor } {
  return { account: repo.owner, actor: { kind: "user", account: repo.owner } };
}
