import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { defaultBranch } from "../../core/git/default-branch.ts";
import { runGit } from "../../core/git/run.ts";
import { openWorkspace, workTreeState } from "../../core/git/workspace.ts";
import { readRelease } from "./release.ts";

/** What requires the App's check before a merge. */
const CHECKS = "slipway-checks.json";

/** Where Slipway's reusable workflows and Actions are. */
const SLIPWAY = "slipway/slipway";

/** What `slipway init --github` adds to a repository. */
interface GitHubFiles {
  files: Map<string, Buffer>;
  /** What a person should know, in sentences. */
  notes: string[];
}

/**
 * The workflows that call Slipway's, pinned to this release's commit, and the rulesets that leave `registry` and its tags
 * to one writer: the App, or with `bot` a deploy key.
 */
export async function readGitHubFiles(packageRoot: string, branch: string, bot: boolean): Promise<GitHubFiles> {
  const release = await readRelease(packageRoot);
  const root = path.join(packageRoot, "cli", "templates", "github");
  const files = new Map<string, Buffer>();
  for (const name of (await readdir(path.join(root, "workflows"))).sort()) {
    if (name === "slipway-bot.yml" && !bot) continue;
    const text = (await readFile(path.join(root, "workflows", name), "utf8"))
      .replaceAll("SLIPWAY/", `${SLIPWAY}/`)
      .replaceAll("@COMMIT # VERSION", `@${release.commit} # v${release.version}`)
      .replaceAll("DEFAULT_BRANCH", JSON.stringify(branch).slice(1, -1));
    files.set(`.github/workflows/${name}`, Buffer.from(text));
  }
  for (const name of (await readdir(path.join(root, "rulesets"))).sort()) {
    // A check of a workflow's own token proves nothing, since any workflow could write it: it is not to be required.
    if (name === CHECKS && bot) continue;
    const text = await readFile(path.join(root, "rulesets", name), "utf8");
    const writer = '"actor_id": null, "actor_type": "DeployKey"';
    const written = bot ? text.replace('"actor_id": 0, "actor_type": "Integration"', writer) : text;
    files.set(`.github/rulesets/${name}`, Buffer.from(written));
  }
  const unreleased = `this Slipway is not a release: commit ${release.commit.slice(0, 7)} has no built Actions on GitHub, so the workflows will not run; write them with a release`;
  return { files, notes: release.released ? [] : [unreleased] };
}

/** The branch that GitHub calls the default one, as far as this clone knows. Rejects with NO_COMMIT. */
export async function hostedBranch(folder: string): Promise<string> {
  return (await defaultBranch(await openWorkspace(folder))).name;
}

/** The branch that the first commit in `folder` is made on: `main`, or what a repository without a commit has checked out. */
export async function firstBranch(folder: string): Promise<string> {
  const { code, stdout } = await runGit(folder, ["--git-dir=.git", "symbolic-ref", "--short", "HEAD"]);
  return code === 0 ? stdout.toString().trim() : "main";
}

/** Whether `folder` is the root of a repository that has a commit: a place to add to, not to begin in. */
export async function isBegun(folder: string): Promise<boolean> {
  const workspace = await openWorkspace(folder).catch(() => undefined);
  if (!workspace || path.relative(workspace.folder, folder) !== "") return false;
  return (await workTreeState(workspace)).commit !== undefined;
}

/** With `bot`, what an earlier `--github` without it left and nobody can fulfil. */
export async function appNotes(folder: string, bot: boolean): Promise<string[]> {
  const file = path.posix.join(".github", "rulesets", CHECKS);
  const stays = bot && (await stat(path.join(folder, file)).catch(() => undefined)) !== undefined;
  return stays ? [`${file} requires the App's check, and no App is there to write it: delete the file`] : [];
}

/** Which of the files that were there differ from what this release writes. */
export async function changedFiles(folder: string, kept: readonly string[], { files }: GitHubFiles): Promise<string[]> {
  const changed = await Promise.all(
    kept.map(async (file) =>
      files.get(file)?.equals(await readFile(path.join(folder, file))) === false ? [file] : [],
    ),
  );
  return changed.flat();
}
