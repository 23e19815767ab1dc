import { type Actor, accountOf } from "../auth/actor.ts";
import { emit } from "../events/emit.ts";
import { askGit } from "../git/run.ts";
import { NO_OBJECT, type RefUpdate } from "../rules/enforce.ts";
import type { Account, Pull, Repo, State } from "../state.ts";
import { showPull } from "../views/pull.ts";
import { refreshPull } from "./refresh.ts";

/** Brings the open pull requests of a branch that moved up to date: those it is the head of, and those it is the base of. */
export async function followBranch(state: State, repo: Repo, actor: Actor, move: RefUpdate): Promise<void> {
  const branch = move.ref.replace("refs/heads/", "");
  for (const base of state.repositories.values()) {
    for (const pull of base.pulls.values()) {
      if (pull.issue.state === "closed") continue;
      if (pull.head.repo === repo && pull.head.ref === branch) await followHead(state, base, pull, actor, move);
      else if (base === repo && pull.base.ref === branch) await followBase(state, base, pull, actor);
    }
  }
}

async function followHead(state: State, base: Repo, pull: Pull, actor: Actor, move: RefUpdate): Promise<void> {
  if (move.new === NO_OBJECT) return closePull(state, base, pull, actor);
  await refreshPull(base, pull);
  pull.issue.updatedAt = state.now();
  tellOfPull(state, base, pull, "synchronize", actor, { before: move.old, after: move.new });
}

/** A head that came into its base by a push is merged. */
async function followBase(state: State, base: Repo, pull: Pull, actor: Actor): Promise<void> {
  const inside = ["merge-base", "--is-ancestor", pull.head.sha, `refs/heads/${pull.base.ref}`];
  if ((await askGit(base.folder, inside)) === undefined) return refreshPull(base, pull);
  const by = accountOf(actor) ?? base.owner;
  closePull(state, base, pull, actor, { by, commit: pull.head.sha });
}

/** Closes a pull request, merged where a commit is named. */
export function closePull(
  state: State,
  repo: Repo,
  pull: Pull,
  actor: Actor,
  merged?: { by: Account; commit: string },
): void {
  markClosed(state, pull, merged);
  tellOfPull(state, repo, pull, "closed", actor);
}

export function markClosed(state: State, pull: Pull, merged?: { by: Account; commit: string }): void {
  const now = state.now();
  Object.assign(pull.issue, { state: "closed", closedAt: now, updatedAt: now });
  if (merged !== undefined) Object.assign(pull, { mergedAt: now, mergedBy: merged.by, mergeCommit: merged.commit });
}

export function tellOfPull(
  state: State,
  repo: Repo,
  pull: Pull,
  action: string,
  actor: Actor,
  more: Record<string, unknown> = {},
): void {
  const payload = { action, number: pull.number, ...more, pull_request: showPull(state, repo, pull) };
  emit(state, repo, "pull_request", payload, { sender: accountOf(actor) ?? repo.owner, actor });
}
