import { SlipwayError } from "../errors.ts";
import { contact } from "./remote.ts";
import type { Repository } from "./repository.ts";
import { git } from "./run.ts";

/**
 * Rejects with NAME_TAKEN where a branch `ref` cannot be made, because there are branches below it, as `registry/x` is below
 * `registry`: to Git that is a folder. They are the user's own: the way out renames them, and loses nothing.
 */
export async function refuseBranchesBelow(repository: Repository, remote: string | undefined, ref: string) {
  const below = remote === undefined ? await here(repository, ref) : await there(repository, remote, ref);
  if (below.length === 0) return;
  const name = ref.replace("refs/heads/", "");
  const shown = below.slice(0, 5).join(", ");
  const where = remote === undefined ? "this repository" : `the remote ${remote}`;
  throw new SlipwayError("NAME_TAKEN", `Slipway needs a branch ${name}, and ${where} has branches below that name`, {
    expected: `no branch whose name begins with ${name}/: Git cannot have both`,
    found: below.length > 5 ? `${shown} and ${below.length - 5} more` : shown,
    hint: `rename them, which loses nothing: ${below.slice(0, 3).map(renaming(remote)).join(" && ")}`,
  });
}

async function here({ folder }: Repository, ref: string): Promise<string[]> {
  const names = await git(folder, ["for-each-ref", "--format=%(refname:lstrip=2)", `${ref}/`]);
  return names.toString().split("\n").filter(Boolean);
}

async function there(repository: Repository, remote: string, ref: string): Promise<string[]> {
  const { code, stdout } = await contact(repository, ["ls-remote", remote, `${ref}/*`]);
  // A remote that cannot be asked is told of by whoever needs it.
  if (code !== 0) return [];
  const lines = stdout.toString().split("\n").filter(Boolean);
  return lines.map((line) => line.replace(/^.*\trefs\/heads\//, ""));
}

function renaming(remote: string | undefined): (name: string) => string {
  if (remote === undefined) return (name) => `git branch -m ${name} ${name.replaceAll("/", "-")}`;
  return (name) => {
    const refspecs = `refs/remotes/${remote}/${name}:refs/heads/${name.replaceAll("/", "-")} :refs/heads/${name}`;
    return `git fetch ${remote} && git push --atomic ${remote} ${refspecs} && git remote prune ${remote}`;
  };
}
