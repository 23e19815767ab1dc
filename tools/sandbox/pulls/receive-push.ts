import { type Doing, senderOf } from "../doing.ts";
import { emit } from "../events/emit.ts";
import { changedFiles, readCommit, readCommits } from "../git/commits.ts";
import { askGit } from "../git/run.ts";
import { NO_OBJECT, type RefUpdate } from "../rules/enforce.ts";
import type { Commit, State } from "../state.ts";
import { openSuites } from "../suites.ts";
import { showPushedCommit } from "../views/commit.ts";
import { pageUrl } from "../views/repository.ts";
import { followBranch } from "./follow-branch.ts";

/** Where a push brings more tags than this, GitHub sends no webhook for any of them. */
const MOST_TAGS = 3;
const MOST_COMMITS = 2048;

const queues = new WeakMap<State, Promise<void>>();

/**
 * What follows from refs that moved, however they did: push webhooks, check suites, pull requests brought up to date.
 * One push after the other, as each may write the same refs of a pull request.
 */
export function receivePush(doing: Doing, moves: readonly RefUpdate[]): Promise<void> {
  const done = (queues.get(doing.state) ?? Promise.resolve()).then(() => follow(doing, moves));
  queues.set(
    doing.state,
    done.catch(() => {}),
  );
  return done;
}

async function follow(doing: Doing, moves: readonly RefUpdate[]): Promise<void> {
  const tags = moves.filter(({ ref }) => ref.startsWith("refs/tags/"));
  for (const move of moves) {
    doing.repo.pushedAt = doing.state.now();
    if (tags.length <= MOST_TAGS || !tags.includes(move)) await tellOfPush(doing, move);
    if (tags.includes(move)) continue;
    if (move.new !== NO_OBJECT) await openSuites(doing, move);
    await followBranch(doing, move);
  }
}

async function tellOfPush(doing: Doing, { ref, old: before, new: after }: RefUpdate): Promise<void> {
  const { state, repo } = doing;
  const { login: name, email } = senderOf(doing);
  const [created, deleted] = [before === NO_OBJECT, after === NO_OBJECT];
  const range = created ? [after, "--not", `--exclude=${ref}`, "--branches"] : [`${before}..${after}`];
  const commits = deleted ? [] : await readCommits(repo.folder, [`--max-count=${MOST_COMMITS}`, ...range]);
  const show = async (commit: Commit) =>
    showPushedCommit(state, repo, commit, await changedFiles(repo.folder, commit.parents[0], commit.id));
  const shown = await Promise.all(commits.map(show));
  const tip = deleted ? null : (shown.at(-1) ?? (await show(await readCommit(repo.folder, `${after}^{commit}`))));
  const forward = created || deleted || (await askGit(repo.folder, ["merge-base", "--is-ancestor", before, after]));
  const compare = `${pageUrl(state, repo)}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`;
  const what = { ref, before, after, created, deleted, forced: forward === undefined, base_ref: null, compare };
  emit(doing, "push", { ...what, commits: shown, head_commit: tip, pusher: { name, email } });
}
