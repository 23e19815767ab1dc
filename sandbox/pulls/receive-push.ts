import { type Actor, accountOf } from "../auth/actor.ts";
import { emit } from "../events/emit.ts";
import { changedFiles, readCommit, readCommits } from "../git/commits.ts";
import { askGit } from "../git/run.ts";
import { NO_OBJECT, type RefUpdate } from "../rules/enforce.ts";
import type { Repo, State } from "../state.ts";
import { openSuites } from "../suites.ts";
import { showPushedCommit } from "../views/commit.ts";
import { pageUrl } from "../views/repository.ts";
import { followBranch } from "./follow-branch.ts";

/** Where a push brings more tags than this, GitHub sends no webhook for any of them. */
const MOST_TAGS = 3;
const MOST_COMMITS = 2048;

/** What follows from refs that moved, however they did: push webhooks, check suites, pull requests brought up to date. */
export async function receivePush(state: State, repo: Repo, actor: Actor, moves: readonly RefUpdate[]): Promise<void> {
  if (moves.length === 0) return;
  repo.pushedAt = state.now();
  const tags = moves.filter(({ ref }) => ref.startsWith("refs/tags/"));
  for (const move of moves) {
    if (tags.length <= MOST_TAGS || !tags.includes(move)) await tellOfPush(state, repo, actor, move);
    if (!move.ref.startsWith("refs/heads/")) continue;
    if (move.new !== NO_OBJECT) await openSuites(state, repo, actor, move);
    await followBranch(state, repo, actor, move);
  }
}

async function tellOfPush(state: State, repo: Repo, actor: Actor, { ref, old, new: to }: RefUpdate): Promise<void> {
  const sender = accountOf(actor) ?? repo.owner;
  const created = old === NO_OBJECT;
  const deleted = to === NO_OBJECT;
  const range = created ? [to, "--not", `--exclude=${ref}`, "--branches"] : [`${old}..${to}`];
  const commits = deleted ? [] : await readCommits(repo.folder, [`--max-count=${MOST_COMMITS}`, ...range]);
  const show = async (commit: (typeof commits)[number]) =>
    showPushedCommit(state, repo, commit, await changedFiles(repo.folder, commit.parents[0], commit.id));
  const shown = await Promise.all(commits.map(show));
  const forced =
    !created && !deleted && (await askGit(repo.folder, ["merge-base", "--is-ancestor", old, to])) === undefined;
  const payload = {
    ref,
    before: old,
    after: to,
    created,
    deleted,
    forced,
    base_ref: null,
    compare: `${pageUrl(state, repo)}/compare/${old.slice(0, 12)}...${to.slice(0, 12)}`,
    commits: shown,
    head_commit: deleted ? null : (shown.at(-1) ?? (await show(await readCommit(repo.folder, `${to}^{commit}`)))),
    pusher: { name: sender.login, email: sender.email },
  };
  emit(state, repo, "push", payload, { sender, actor });
}
