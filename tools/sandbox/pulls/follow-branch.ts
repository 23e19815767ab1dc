import { type Doing, senderOf } from "../doing.ts";
import { emit } from "../events/emit.ts";
import { askGit } from "../git/run.ts";
import { NO_OBJECT, type RefUpdate } from "../rules/enforce.ts";
import type { Account, Payload, Pull } from "../state.ts";
import { showPull } from "../views/pull.ts";
import { refreshPull } from "./refresh.ts";

/** Brings the open pull requests of a branch that moved up to date: those it is the head of, and those it is the base of. */
export async function followBranch({ state, repo: moved, actor }: Doing, move: RefUpdate): Promise<void> {
  const branch = move.ref.replace("refs/heads/", "");
  for (const repo of state.repositories.values()) {
    const open = [...repo.pulls.values()].filter(({ issue }) => issue.state === "open");
    for (const pull of open) {
      const { head, base } = pull;
      if (head.repo === moved && head.ref === branch) await followHead({ state, repo, actor }, pull, move);
      else if (repo === moved && base.ref === branch) await followBase({ state, repo, actor }, pull);
    }
  }
}

async function followHead(doing: Doing, pull: Pull, move: RefUpdate): Promise<void> {
  if (move.new === NO_OBJECT) return closePull(doing, pull);
  await refreshPull(doing.repo, pull);
  pull.issue.updatedAt = doing.state.now();
  tellOfPull(doing, pull, "synchronize", { before: move.old, after: move.new });
}

/** A head that came into its base by a push is merged. */
async function followBase(doing: Doing, pull: Pull): Promise<void> {
  const { head, base } = pull;
  const inside = await askGit(doing.repo.folder, ["merge-base", "--is-ancestor", head.sha, `refs/heads/${base.ref}`]);
  if (inside === undefined) await refreshPull(doing.repo, pull);
  else closePull(doing, pull, { by: senderOf(doing), commit: head.sha });
}

/** What a merge made, and who pressed its button. */
export interface Merged {
  by: Account;
  commit: string;
}

export function closePull(doing: Doing, pull: Pull, merged?: Merged): void {
  markClosed(doing, pull, merged);
  tellOfPull(doing, pull, "closed");
}

export function markClosed({ state }: Doing, pull: Pull, merged?: Merged): void {
  const now = state.now();
  Object.assign(pull.issue, { state: "closed", closedAt: now, updatedAt: now });
  if (merged !== undefined) Object.assign(pull, { mergedAt: now, mergedBy: merged.by, mergeCommit: merged.commit });
}

export function tellOfPull(doing: Doing, pull: Pull, action: string, more: Payload = {}): void {
  const pull_request = showPull(doing.state, doing.repo, pull);
  emit(doing, "pull_request", { action, number: pull.number, ...more, pull_request });
}
