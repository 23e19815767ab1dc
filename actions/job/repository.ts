import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { SlipwayError } from "../../core/errors.ts";
import { type Experiments, openExperiments } from "../../core/experiments/open.ts";
import { tokenEnvironment } from "../../core/git/credentials.ts";
import { type GitObjects, openObjects } from "../../core/git/objects.ts";
import { fetchRefs, remoteFailed } from "../../core/git/remote.ts";
import { findRepository } from "../../core/git/repository.ts";
import { git, runGit } from "../../core/git/run.ts";
import { type Workspace, workspaceOf } from "../../core/git/workspace.ts";
import { registryOn } from "../../core/registry/open.ts";
import { REGISTRY_REF } from "../../core/registry/paths.ts";
import type { Registry } from "../../core/registry/registry.ts";
import type { CommitId } from "../../schemas/names.ts";

export const REMOTE = "origin";
const NOT_THERE = /not our ref|unadvertised object|does not allow request|couldn't find remote ref/i;

/** What a job reads of the repository. The job fetches it without a checkout, into a folder that it throws away. */
export interface RunRepository {
  workspace: Workspace;
  objects: GitObjects;
  registry: Registry;
  experiments: Experiments;
  /** The default branch's tip when the job looked. Rejects with REMOTE_FAILED. */
  tip(): Promise<CommitId>;
  /**
   * What a run of a commit reads, brought in one exchange: the commit's files, the default branch's tip, and the registry, which
   * is this repository's own branch from then on and costs no exchange to read; in two where nothing is registered. Rejects with
   * NO_COMMIT if the repository does not have the commit, or with REMOTE_FAILED.
   */
  bringRun(commit: CommitId): Promise<{ tip: CommitId; registry: Registry }>;
  /** Brings a commit's files here. Rejects with NO_COMMIT if the repository does not have it, or with REMOTE_FAILED. */
  bring(commit: CommitId): Promise<void>;
  /** Where a branch left another; undefined if they have nothing in common. Fetches commits alone. */
  branchPoint(base: CommitId, head: CommitId): Promise<CommitId | undefined>;
  close(): Promise<void>;
}

/** Opens the run's repository in a new folder. `token` can only read, and is on no command line and on no disk. */
export async function openRunRepository(
  folder: string,
  { url, defaultBranch }: { url: string; defaultBranch: string },
  token: string,
): Promise<RunRepository> {
  const remoteEnvironment = async () => (token === "" ? {} : tokenEnvironment(new URL(url).origin, token));
  const bare = await initialize(join(folder, "repository.git"), url);
  const objects = await openObjects(bare, { remoteEnvironment });
  const fetch = (args: readonly string[]) => fetchRefs(objects.repository, REMOTE, args);
  const tracking = `refs/remotes/${REMOTE}/${defaultBranch}`;
  const tipRefspec = `+refs/heads/${defaultBranch}:${tracking}`;
  const fetchedTip = async () => {
    const commit = await objects.read(`${tracking}^{commit}`);
    if (commit === undefined) throw remoteFailed(REMOTE, `${defaultBranch} is not there after it was fetched`);
    return commit.id;
  };

  return {
    workspace: workspaceOf(objects.repository),
    objects,
    registry: await registryOn(objects, REMOTE, undefined),
    experiments: openExperiments(objects, REMOTE),
    async tip() {
      const words = await fetch(["--depth=1", tipRefspec]);
      if (words !== undefined) throw remoteFailed(REMOTE, words);
      return fetchedTip();
    },
    async bringRun(commit) {
      const refspecs = [tipRefspec, `+${commit}:refs/slipway/run/${commit}`];
      let words = await fetch(["--depth=1", ...refspecs, `+${REGISTRY_REF}:${REGISTRY_REF}`]);
      // Nothing is registered yet.
      if (words?.includes(`couldn't find remote ref ${REGISTRY_REF}`)) words = await fetch(["--depth=1", ...refspecs]);
      if (words !== undefined && NOT_THERE.test(words)) throw noCommit(commit, words);
      if (words !== undefined) throw remoteFailed(REMOTE, words);
      return { tip: await fetchedTip(), registry: await registryOn(objects, undefined, undefined) };
    },
    async bring(commit) {
      if ((await runGit(bare, ["cat-file", "-e", `${commit}^{tree}`])).code === 0) return;
      const words = await fetch(["--depth=1", `+${commit}:refs/slipway/run/${commit}`]);
      if (words !== undefined && NOT_THERE.test(words)) throw noCommit(commit, words);
      if (words !== undefined) throw remoteFailed(REMOTE, words);
    },
    async branchPoint(base, head) {
      const history = await initialize(join(folder, "history.git"), url);
      const repository = await findRepository(history, { remoteEnvironment });
      const wanted = [base, head].map((commit) => `+${commit}:refs/slipway/run/${commit}`);
      const words = await fetchRefs(repository, REMOTE, ["--filter=tree:0", ...wanted]);
      if (words !== undefined) throw NOT_THERE.test(words) ? noCommit(base, words) : remoteFailed(REMOTE, words);
      const { code, stdout } = await runGit(history, ["merge-base", base, head]);
      return code === 0 ? stdout.toString().trim() : undefined;
    },
    close: () => objects.close(),
  };
}

async function initialize(folder: string, url: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  // Without the hooks that Git would copy as examples.
  await git(folder, ["init", "-q", "--bare", "--template="]);
  await git(folder, ["remote", "add", REMOTE, url]);
  return folder;
}

function noCommit(commit: CommitId, words: string): SlipwayError {
  return new SlipwayError("NO_COMMIT", `The repository does not have commit ${commit.slice(0, 10)}`, {
    found: words.slice(-300),
  });
}
