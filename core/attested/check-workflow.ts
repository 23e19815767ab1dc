import type { CommitId } from "../../schemas/names.ts";
import type { GitObjects } from "../git/objects.ts";
import { WORKFLOWS, type WorkflowUse } from "../github.ts";
import { openCommit } from "../source/commit.ts";
import { type Refused, refused } from "./refusal.ts";

/**
 * A run's result counts only if its commit holds the workflow that made it exactly as the default branch's tip does:
 * another workflow could attest anything. `base` is the commit at which the run's branch left the default branch: it tells a
 * changed workflow from a branch that is behind. Undefined if the workflow is as it should be.
 */
export async function checkWorkflow(
  objects: GitObjects,
  { use, tip, head, base, branch }: { use: WorkflowUse; tip: CommitId; head: CommitId; base: CommitId; branch: string },
): Promise<Refused | undefined> {
  const { path } = WORKFLOWS[use];
  const blobs = [tip, head, base].map((commit) => workflowBlob(objects, commit, path));
  const [atTip, atHead, atBase] = await Promise.all(blobs);
  if (atTip === undefined) {
    return workflowMissing(branch, path);
  }
  if (atHead === atTip) return undefined;
  if (atHead !== atBase) {
    return refused(
      "WORKFLOW_CHANGED",
      `This changes ${path}, the workflow that makes the results: its results are not taken.`,
      `Put the workflow's change into a pull request of its own, merge that, and bring this branch up to date with ${branch}.`,
    );
  }
  return refused(
    "WORKFLOW_OUTDATED",
    `${path} has changed on ${branch} since this branch left it: its results are not taken.`,
    `Bring this branch up to date with ${branch}.`,
  );
}

export function workflowMissing(branch: string, path: string): Refused {
  return refused(
    "WORKFLOW_MISSING",
    `${branch} has no ${path}: until it has, no result is taken.`,
    `Bring it to ${branch}: \`slipway init --github\` writes it.`,
  );
}

/** By its id, whatever its size. */
async function workflowBlob(objects: GitObjects, commit: CommitId, path: string): Promise<string | undefined> {
  const [blob] = await openCommit(objects, commit).blobs([path]);
  return blob;
}
