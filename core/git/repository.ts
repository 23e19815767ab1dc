import { dirname, join, resolve } from "node:path";
import type { CommitId, Person } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import { git } from "./run.ts";

/** A repository on this machine: a work tree, a linked work tree or a bare one. */
export interface Repository {
  /** The top of the work tree, or the bare repository itself. */
  folder: string;
  /** Git's common folder: shared by all work trees. */
  gitFolder: string;
  bare: boolean;
  /** Slipway's own folder: runs, cache and the default store. Never committed; shared by all work trees. */
  state: string;
}

/** Finds the repository that `folder` is in. Rejects with NOT_A_REPOSITORY. */
export async function openRepository(folder: string): Promise<Repository> {
  const answer = await git(folder, ["rev-parse", "--is-bare-repository", "--git-common-dir"]).catch((cause) => {
    throw new SlipwayError("NOT_A_REPOSITORY", `${resolve(folder)} is not in a Git repository`, {
      expected: "a Git repository",
      found: resolve(folder),
      hint: "go to your models repository, name it with -C, or make one: slipway init <folder>",
      cause,
    });
  });
  const [bare, common] = answer.toString().split("\n");
  const gitFolder = resolve(folder, common ?? ".git");
  if (bare === "true") return { folder: gitFolder, gitFolder, bare: true, state: join(gitFolder, "slipway") };
  const top = (await git(folder, ["rev-parse", "--show-toplevel"])).toString().trimEnd();
  return { folder: top, gitFolder, bare: false, state: join(dirname(gitFolder), ".slipway") };
}

export interface DefaultBranch {
  name: string;
  commit: CommitId;
}

/**
 * The branch that binds: where HEAD of the remote points, otherwise `main` or `master`, otherwise
 * what a bare repository's own HEAD names. Rejects with NO_COMMIT where it has no commit yet.
 */
export async function defaultBranch(repository: Repository, remote?: string): Promise<DefaultBranch> {
  const refs = await references(repository, remote);
  const head = repository.bare || remote ? await symbolicHead(repository, remote) : undefined;
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

async function references(repository: Repository, remote?: string): Promise<Map<string, CommitId>> {
  const prefix = remote ? `refs/remotes/${remote}/` : "refs/heads/";
  const lines = await git(repository.folder, ["for-each-ref", "--format=%(objectname) %(refname)", prefix]);
  return new Map(
    lines
      .toString()
      .split("\n")
      .filter(Boolean)
      .map((line) => [line.slice(41 + prefix.length), line.slice(0, 40)]),
  );
}

async function symbolicHead(repository: Repository, remote?: string): Promise<string | undefined> {
  const ref = remote ? `refs/remotes/${remote}/HEAD` : "HEAD";
  const target = await git(repository.folder, ["symbolic-ref", "--quiet", ref]).catch(() => undefined);
  return target
    ?.toString()
    .trim()
    .replace(remote ? `refs/remotes/${remote}/` : "refs/heads/", "");
}

/** Brings the remote's default branch here, as refs/remotes/<remote>/…. Rejects with REMOTE_FAILED. */
export async function fetchDefaultBranch(repository: Repository, remote: string): Promise<DefaultBranch> {
  const environment = { GIT_TERMINAL_PROMPT: "0" };
  try {
    await git(repository.folder, ["fetch", "--quiet", "--no-tags", remote], { env: environment });
    await git(repository.folder, ["remote", "set-head", remote, "--auto"], { env: environment });
  } catch (cause) {
    throw new SlipwayError("REMOTE_FAILED", `The remote ${remote} could not be read`, {
      found: cause instanceof Error ? cause.message : String(cause),
      hint: "git remote -v shows what it points to",
      cause,
    });
  }
  return defaultBranch(repository, remote);
}

export interface WorkTreeState {
  /** Undefined while HEAD is detached. */
  branch: string | undefined;
  /** Undefined before the first commit. */
  commit: CommitId | undefined;
  /** Paths that differ from HEAD or are untracked (ignored files do not count). */
  changed: string[];
}

export async function workTreeState(repository: Repository): Promise<WorkTreeState> {
  const output = await git(repository.folder, ["status", "--porcelain=v2", "--branch", "-z", "--untracked-files=all"]);
  const state: WorkTreeState = { branch: undefined, commit: undefined, changed: [] };
  for (const record of output.toString().split("\0")) {
    if (record.startsWith("# branch.oid ") && !record.endsWith("(initial)")) state.commit = record.slice(13);
    else if (record.startsWith("# branch.head ") && !record.endsWith("(detached)")) state.branch = record.slice(14);
    else if (record.startsWith("1 ")) state.changed.push(record.split(" ").slice(8).join(" "));
    else if (record.startsWith("2 ")) state.changed.push(record.split(" ").slice(9).join(" "));
    else if (record.startsWith("u ")) state.changed.push(record.split(" ").slice(10).join(" "));
    else if (record.startsWith("? ")) state.changed.push(record.slice(2));
  }
  return state;
}

/** Who acts, as Git knows them. Rejects with USAGE where no identity is set. */
export async function person(repository: Pick<Repository, "folder">): Promise<Person> {
  const output = await git(repository.folder, ["var", "GIT_AUTHOR_IDENT"]).catch((cause) => {
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
