import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";

const BY = ["-c", "user.name=Mallory", "-c", "user.email=mallory@example.org"];

/** A commit on a branch as a person makes one with Git's own commands: files changed, or taken away where there is no text. */
export function commitFiles(
  folder: string,
  branch: string,
  files: Readonly<Record<string, string | undefined>>,
  message: string,
): string {
  const index = join(folder, ".git", "index-of-test");
  const git = (args: readonly string[], input?: string) =>
    execFileSync("git", ["-C", folder, ...BY, ...args], {
      env: { ...process.env, GIT_INDEX_FILE: index },
      ...(input === undefined ? {} : { input }),
    })
      .toString()
      .trim();
  git(["read-tree", branch]);
  for (const [path, text] of Object.entries(files)) {
    if (text === undefined) git(["update-index", "--force-remove", path]);
    else git(["update-index", "--add", "--cacheinfo", `100644,${git(["hash-object", "-w", "--stdin"], text)},${path}`]);
  }
  const commit = git(["commit-tree", git(["write-tree"]), "-p", branch, "-m", message]);
  git(["update-ref", `refs/heads/${branch}`, commit]);
  rmSync(index);
  return commit;
}
