import type { CommitId } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import { type DefaultBranch, defaultBranch, fetchDefaultBranch } from "../git/default-branch.ts";
import { workTreeState } from "../git/workspace.ts";
import { changedInputs } from "../plan/affected.ts";
import { changedPaths } from "../source/changes.ts";
import { openCommit } from "../source/commit.ts";
import type { SourceTree } from "../source/tree.ts";
import { type LoadedModel, POLICY_PATH, type Project } from "../spec/project.ts";
import type { Ports } from "./ports.ts";
import { soundProject } from "./project.ts";

/** The default branch's tip: what policy and gates are read from, whenever something is decided. */
export function decidingBranch(ports: Pick<Ports, "workspace" | "remote">): Promise<DefaultBranch> {
  return ports.remote ? fetchDefaultBranch(ports.workspace, ports.remote) : defaultBranch(ports.workspace);
}

/** What is registered: a model at the default branch's tip. */
export interface BindingModel {
  commit: CommitId;
  tree: SourceTree;
  project: Project;
  model: LoadedModel;
}

/**
 * The model to register: the default branch's, and the work tree must hold exactly what that is made and judged from, so
 * that nobody takes what they see for what is registered. What else lies in the work tree is nobody's business. Rejects
 * with WRONG_BRANCH, DIRTY_TREE or SPEC_INVALID.
 */
export async function bindingModel(
  ports: Pick<Ports, "workspace" | "objects" | "remote">,
  name: string,
): Promise<BindingModel> {
  const branch = await bindingBranch(ports);
  const { commit } = branch;
  const { bare, folder } = ports.workspace;
  const changed = bare ? [] : await changedPaths(folder, commit);
  const tree = openCommit(ports.objects, commit);
  const project = await soundProject(tree, [name]).catch((error: unknown) => {
    // What is mended or new in the work tree is not what was read.
    refuseChanged(
      branch,
      changed.filter((path) => path === POLICY_PATH || path.endsWith(`/${name}/model.yaml`)),
    );
    throw error;
  });
  const model = project.models.get(name) as LoadedModel;
  refuseChanged(branch, changedInputs(model, changed));
  return { commit, tree, project, model };
}

async function bindingBranch(ports: Pick<Ports, "workspace" | "remote">): Promise<DefaultBranch> {
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
  if (state.commit !== branch.commit) {
    throw new SlipwayError("WRONG_BRANCH", `${branch.name} here is not what ${ports.remote} has`, {
      expected: `${ports.remote}/${branch.name} at ${branch.commit.slice(0, 10)}`,
      found: `${branch.name} at ${state.commit?.slice(0, 10) ?? "no commit"}`,
      hint: `git pull ${ports.remote} ${branch.name}, or git push ${ports.remote} ${branch.name}`,
    });
  }
  return branch;
}

function refuseChanged({ commit, name }: DefaultBranch, changed: readonly string[]): void {
  if (changed.length === 0) return;
  const shown = changed.slice(0, 5).join(", ");
  throw new SlipwayError(
    "DIRTY_TREE",
    "The work tree holds changes of the model or the policy that are not committed",
    {
      expected: `these files as commit ${commit.slice(0, 10)} of ${name} has them: that is what is registered`,
      found: changed.length > 5 ? `${shown} and ${changed.length - 5} more` : shown,
      hint: "git add and git commit them, or put them away: git stash --include-untracked. What is no part of the model: .gitignore",
    },
  );
}
