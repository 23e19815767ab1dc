import { git } from "../git/run.ts";

/**
 * The paths that differ between two commits, or between a commit and the work tree (untracked files that are not ignored
 * included), from the repository's root. `folder` is the repository, or for a work tree its top.
 */
export async function changedPaths(folder: string, base: string, head?: string): Promise<string[]> {
  const names = ["--name-only", "--no-renames", "-z"];
  if (head !== undefined) return split(await git(folder, ["diff-tree", "-r", ...names, base, head, "--"]));
  const plain = ["--no-ext-diff", "--no-textconv", "--no-relative", "--ignore-submodules=none"];
  const tracked = split(
    await git(folder, ["-c", "diff.autoRefreshIndex=true", "diff", ...plain, ...names, base, "--"]),
  );
  const untracked = split(await git(folder, ["ls-files", "-o", "--exclude-standard", "-z"]));
  return [...new Set([...tracked, ...untracked])].sort();
}

const split = (output: Buffer) => output.toString("utf8").split("\0").filter(Boolean);
