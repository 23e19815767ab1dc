import type { CommitId } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import { contact, fetchBranch, remoteFailed, said, trackingRef } from "./remote.ts";
import type { Repository } from "./repository.ts";
import { git, runGit } from "./run.ts";
import type { Workspace } from "./workspace.ts";

export interface DefaultBranch {
  name: string;
  commit: CommitId;
}

const USUAL = ["main", "master"];

/**
 * The branch that binds: `main` or `master`, or what a bare repository's own HEAD names. Rejects with NO_COMMIT where
 * it has no commit yet.
 */
export async function defaultBranch(workspace: Workspace): Promise<DefaultBranch> {
  const refs = await branches(workspace);
  const head = workspace.bare ? await symbolicHead(workspace) : undefined;
  for (const name of head ? [head] : USUAL) {
    const commit = refs.get(name);
    if (commit) return { name, commit };
  }
  throw new SlipwayError("NO_COMMIT", "The default branch has no commit yet", {
    expected: `a commit on ${head ?? USUAL.join(" or ")}`,
    found: refs.size > 0 ? `branches ${[...refs.keys()].slice(0, 5).join(", ")}` : "no branch",
    hint: "git add -A && git commit",
  });
}

async function branches(workspace: Workspace): Promise<Map<string, CommitId>> {
  const prefix = "refs/heads/";
  const lines = await git(workspace.folder, ["for-each-ref", "--format=%(objectname) %(refname)", prefix]);
  return new Map(
    lines
      .toString()
      .split("\n")
      .filter(Boolean)
      .map((line) => [line.slice(41 + prefix.length), line.slice(0, 40)]),
  );
}

async function symbolicHead({ folder }: Workspace): Promise<string | undefined> {
  const { code, stdout } = await runGit(folder, ["symbolic-ref", "--quiet", "HEAD"]);
  return code === 0 ? stdout.toString().trim().replace("refs/heads/", "") : undefined;
}

/**
 * The remote's: where its HEAD points, otherwise `main` or `master`. Brings it here as refs/remotes/<remote>/…, and
 * fetches nothing where that is here already. Rejects with REMOTE_FAILED, or with NO_COMMIT where it has no commit yet.
 */
export async function fetchDefaultBranch(workspace: Repository, remote: string): Promise<DefaultBranch> {
  const { name, tip } = await remoteHead(workspace, remote);
  const branch = `refs/heads/${name}`;
  const tracking = trackingRef(remote, branch);
  if (tip !== undefined && (await commitAt(workspace, tracking)) === tip) return { name, commit: tip };
  // It may have moved since it was asked for: what was fetched is what is here.
  const fetched = tip === undefined ? undefined : await fetchBranch(workspace, remote, branch);
  const commit = fetched && (await commitAt(workspace, fetched));
  if (commit === undefined) {
    throw new SlipwayError("NO_COMMIT", "The default branch has no commit yet", {
      expected: `a commit on ${name} of ${remote}`,
      found: "no such branch",
      hint: `git push ${remote} ${name}`,
    });
  }
  await git(workspace.folder, ["symbolic-ref", `refs/remotes/${remote}/HEAD`, tracking]);
  return { name, commit };
}

/** One question: which branch HEAD names, and where that stands. */
async function remoteHead(workspace: Repository, remote: string): Promise<{ name: string; tip: CommitId | undefined }> {
  const usual = USUAL.map((name) => `refs/heads/${name}`);
  const asked = await contact(workspace, ["ls-remote", "--symref", remote, "HEAD", ...usual]);
  if (asked.code !== 0) throw remoteFailed(remote, said(asked));
  const lines = asked.stdout
    .toString()
    .split("\n")
    .map((line) => line.split("\t"));
  const at = (ref: string) => lines.find(([value = "", name]) => name === ref && /^[0-9a-f]{40}$/.test(value))?.[0];
  const symbolic = lines.find(([value = "", name]) => name === "HEAD" && value.startsWith("ref: refs/heads/"))?.[0];
  if (symbolic !== undefined) return { name: symbolic.slice("ref: refs/heads/".length), tip: at("HEAD") };
  const name = USUAL.find((each) => at(`refs/heads/${each}`) !== undefined) ?? "main";
  return { name, tip: at(`refs/heads/${name}`) };
}

async function commitAt({ folder }: Repository, ref: string): Promise<CommitId | undefined> {
  const { code, stdout } = await runGit(folder, ["rev-parse", "--verify", "--quiet", `${ref}^{commit}`]);
  return code === 0 ? stdout.toString().trim() : undefined;
}
