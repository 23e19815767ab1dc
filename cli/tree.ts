import { SlipwayError } from "../core/errors.ts";
import { openObjects } from "../core/git/objects.ts";
import { git } from "../core/git/run.ts";
import type { Workspace } from "../core/git/workspace.ts";
import { openCommit } from "../core/source/commit.ts";
import type { SourceTree } from "../core/source/tree.ts";
import { openWorkTree } from "../core/source/worktree.ts";

/** The files of the work tree; in a bare repository, those of HEAD. */
export async function openTree(workspace: Workspace): Promise<{ tree: SourceTree; close(): Promise<void> }> {
  if (!workspace.bare) return { tree: await openWorkTree(workspace.folder), close: async () => {} };
  return openRevision(workspace, "HEAD");
}

/** The files of a revision, as people write them: a branch, a tag, HEAD~1. Rejects with NO_COMMIT. */
async function openRevision(
  workspace: Workspace,
  revision: string,
): Promise<{ tree: SourceTree; commit: string; close(): Promise<void> }> {
  const commit = await resolveCommit(workspace, revision);
  const objects = await openObjects(workspace.folder);
  return { tree: await openCommit(objects, commit), commit, close: () => objects.close() };
}

export async function resolveCommit(workspace: Workspace, revision: string): Promise<string> {
  const expression = `${revision}^{commit}`;
  const found = await git(workspace.folder, ["rev-parse", "--verify", "--quiet", "--end-of-options", expression]).catch(
    (cause: unknown) => {
      throw new SlipwayError("NO_COMMIT", `${revision} names no commit`, {
        expected: "a branch, a tag or a commit",
        found: revision,
        cause,
      });
    },
  );
  return found.toString().trim();
}
