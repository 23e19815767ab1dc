import { basename, dirname, join, resolve } from "node:path";
import type { CommitId, Person } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import { porcelain } from "./porcelain.ts";
import { findRepository, type Repository, type RepositoryOptions } from "./repository.ts";
import { git, runGit } from "./run.ts";

/** A repository that a person works in: a work tree, a linked work tree, or a bare one. */
export interface Workspace extends Repository {
  /** The top of the work tree, or the bare repository itself. */
  folder: string;
  /** Slipway's own folder: runs, cache and the default store. Never committed; shared by all work trees. */
  state: string;
}

/** Finds the repository that `folder` is in. Rejects with NOT_A_REPOSITORY. */
export async function openWorkspace(folder: string, options: RepositoryOptions = {}): Promise<Workspace> {
  return workspaceOf(await findRepository(folder, options));
}

/** The same of a repository that was found already. */
export function workspaceOf(repository: Repository): Workspace {
  const { folder, bare, top, commonFolder } = repository;
  if (bare) return { ...repository, folder: commonFolder, state: join(commonFolder, "slipway") };
  if (top === undefined) {
    throw new SlipwayError("NOT_A_REPOSITORY", `${resolve(folder)} is Git's own folder`, {
      expected: "a work tree, or a bare repository",
      found: resolve(folder),
      hint: `go to the work tree, or name it with -C: ${dirname(commonFolder)}`,
    });
  }
  const main = basename(commonFolder) === ".git" ? dirname(commonFolder) : top;
  return { ...repository, folder: top, state: join(main, ".slipway") };
}

export interface WorkTreeState {
  /** Undefined while HEAD is detached. */
  branch: string | undefined;
  /** Undefined before the first commit. */
  commit: CommitId | undefined;
  /** Paths that differ from HEAD or are untracked (ignored files do not count). */
  changed: string[];
}

export async function workTreeState({ folder }: Pick<Workspace, "folder">): Promise<WorkTreeState> {
  const said = async (...args: string[]) => {
    const { code, stdout } = await runGit(folder, args);
    return code === 0 ? stdout.toString().trim() : undefined;
  };
  const [branch, commit, status] = await Promise.all([
    said("symbolic-ref", "--quiet", "--short", "HEAD"),
    said("rev-parse", "--verify", "--quiet", "HEAD"),
    porcelain(folder).raw("status", "--porcelain", "-z", "--no-renames", "--untracked-files=all"),
  ]);
  const entries = status.split("\0").filter(Boolean);
  return { branch, commit, changed: entries.map((entry) => entry.slice("XY ".length)) };
}

/** Who acts, as Git knows them. Rejects with USAGE where no identity is set. */
export async function person(workspace: Pick<Workspace, "folder">): Promise<Person> {
  const output = await git(workspace.folder, ["var", "GIT_AUTHOR_IDENT"]).catch((cause) => {
    throw new SlipwayError("USAGE", "Git does not know who you are", {
      expected: "user.name and user.email in Git's configuration: the registry records who acts",
      hint: 'git config --global user.name "Ada Lovelace" && git config --global user.email ada@example.org',
      cause,
    });
  });
  const match = /^(.*) <(.*)> \d+ [+-]\d{4}$/.exec(output.toString().trimEnd());
  if (!match?.[2]) throw new SlipwayError("GIT_FAILED", `Git's identity cannot be read: ${output.toString().trim()}`);
  return { name: match[1] || match[2], id: match[2] };
}
