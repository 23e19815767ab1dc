import type { CommitId } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import { porcelain } from "./porcelain.ts";
import { git } from "./run.ts";
import type { Workspace } from "./workspace.ts";

export interface DefaultBranch {
  name: string;
  commit: CommitId;
}

/**
 * The branch that binds: where HEAD of the remote points, otherwise `main` or `master`, otherwise
 * what a bare repository's own HEAD names. Rejects with NO_COMMIT where it has no commit yet.
 */
export async function defaultBranch(workspace: Workspace, remote?: string): Promise<DefaultBranch> {
  const refs = await references(workspace, remote);
  const head = workspace.bare || remote ? await symbolicHead(workspace, remote) : undefined;
  for (const name of head ? [head] : ["main", "master"]) {
    const commit = refs.get(name);
    if (commit) return { name, commit };
  }
  throw new SlipwayError("NO_COMMIT", "The default branch has no commit yet", {
    expected: `a commit on ${head ?? "main (or master)"}${remote ? ` of ${remote}` : ""}`,
    found: refs.size > 0 ? `branches ${[...refs.keys()].slice(0, 5).join(", ")}` : "no branch",
    hint: remote ? `git push ${remote} ${head ?? "main"}` : "git add -A && git commit",
  });
}

async function references(workspace: Workspace, remote?: string): Promise<Map<string, CommitId>> {
  const prefix = remote ? `refs/remotes/${remote}/` : "refs/heads/";
  const lines = await git(workspace.folder, ["for-each-ref", "--format=%(objectname) %(refname)", prefix]);
  return new Map(
    lines
      .toString()
      .split("\n")
      .filter(Boolean)
      .map((line) => [line.slice(41 + prefix.length), line.slice(0, 40)]),
  );
}

async function symbolicHead(workspace: Workspace, remote?: string): Promise<string | undefined> {
  const ref = remote ? `refs/remotes/${remote}/HEAD` : "HEAD";
  const target = await git(workspace.folder, ["symbolic-ref", "--quiet", ref]).catch(() => undefined);
  return target
    ?.toString()
    .trim()
    .replace(remote ? `refs/remotes/${remote}/` : "refs/heads/", "");
}

/** Brings the remote's default branch here, as refs/remotes/<remote>/…. Rejects with REMOTE_FAILED. */
export async function fetchDefaultBranch(workspace: Workspace, remote: string): Promise<DefaultBranch> {
  try {
    const git = porcelain(workspace.folder);
    await git.fetch(remote, ["--quiet", "--no-tags"]);
    await git.remote(["set-head", remote, "--auto"]);
  } catch (cause) {
    throw new SlipwayError("REMOTE_FAILED", `The remote ${remote} could not be read`, {
      found: cause instanceof Error ? cause.message : String(cause),
      hint: "git remote -v shows what it points to",
      cause,
    });
  }
  return defaultBranch(workspace, remote);
}
