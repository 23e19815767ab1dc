import { SlipwayError } from "../errors.ts";
import { type DefaultBranch, defaultBranch, fetchDefaultBranch } from "../git/default-branch.ts";
import { workTreeState } from "../git/workspace.ts";
import type { Ports } from "./ports.ts";

/** The default branch's tip: what policy and gates are read from, whenever something is decided. */
export function decidingBranch(ports: Pick<Ports, "workspace" | "remote">): Promise<DefaultBranch> {
  return ports.remote ? fetchDefaultBranch(ports.workspace, ports.remote) : defaultBranch(ports.workspace);
}

/**
 * The commit to register from: the default branch's, and the work tree must hold exactly that, so
 * that nobody takes what they see for what is registered. Rejects with WRONG_BRANCH or DIRTY_TREE.
 */
export async function bindingBranch(ports: Pick<Ports, "workspace" | "remote">): Promise<DefaultBranch> {
  const branch = await decidingBranch(ports);
  if (ports.workspace.bare) return branch;
  const state = await workTreeState(ports.workspace);
  if (state.branch !== branch.name) {
    throw new SlipwayError("WRONG_BRANCH", `Only ${branch.name} can be registered from`, {
      expected: `the work tree on the default branch, ${branch.name}`,
      found: state.branch ? `branch ${state.branch}` : "a detached HEAD",
      hint: `merge it, then: git switch ${branch.name}. To look at a model before that: slipway run`,
    });
  }
  if (state.changed.length > 0) {
    const shown = state.changed.slice(0, 5).join(", ");
    throw new SlipwayError("DIRTY_TREE", "The work tree holds changes that are not committed", {
      expected: `a clean work tree: what is registered is commit ${branch.commit.slice(0, 10)} of ${branch.name}`,
      found: state.changed.length > 5 ? `${shown} and ${state.changed.length - 5} more` : shown,
      hint: "git add and git commit them, or put them away: git stash --include-untracked",
    });
  }
  if (state.commit !== branch.commit) {
    throw new SlipwayError("WRONG_BRANCH", `${branch.name} here is not what ${ports.remote} has`, {
      expected: `${ports.remote}/${branch.name} at ${branch.commit.slice(0, 10)}`,
      found: `${branch.name} at ${state.commit?.slice(0, 10) ?? "no commit"}`,
      hint: `git pull ${ports.remote} ${branch.name}, or git push ${ports.remote} ${branch.name}`,
    });
  }
  return branch;
}
