import { randomUUID } from "node:crypto";
import { access, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { signersOf } from "../../core/acts/signers.ts";
import { SlipwayError } from "../../core/errors.ts";
import { EXPERIMENTS_REF, type Experiments, openExperiments } from "../../core/experiments/open.ts";
import { type GitObjects, openObjects } from "../../core/git/objects.ts";
import { fetchRefs, remoteFailed, trackingRef } from "../../core/git/remote.ts";
import type { RemoteEnvironment, Repository } from "../../core/git/repository.ts";
import { git } from "../../core/git/run.ts";
import { type SigningKey, signingWith } from "../../core/git/sign.ts";
import type { PrivateKey } from "../../core/git/ssh/private-key.ts";
import { openWorkspace, type Workspace } from "../../core/git/workspace.ts";
import { MONITORING_REF } from "../../core/monitoring/open-branch.ts";
import { highWaterMark, raiseHighWaterMark } from "../../core/registry/high-water-mark.ts";
import { maintenanceOf } from "../../core/registry/maintenance.ts";
import { registryOn } from "../../core/registry/open.ts";
import { REGISTRY_REF } from "../../core/registry/paths.ts";
import type { Registry } from "../../core/registry/registry.ts";
import { remoteTagRefs } from "../../core/registry/remote.ts";

/** The remote of every mirror. */
export const REMOTE = "origin";

/** Says that the first fetch was whole: a mirror without it is thrown away. */
const WHOLE = "slipway-whole";

export interface MirrorOptions {
  /** Of the mirror itself, absolute: `….git`. */
  folder: string;
  /** The repository on its server. */
  url: string;
  defaultBranch: string;
  remoteEnvironment: RemoteEnvironment;
  /** What the registry's tags are signed with. */
  signingKey?: PrivateKey | undefined;
}

/** A bare copy of what the App reads of a repository. All of it can be fetched again. */
export interface Mirror {
  readonly workspace: Workspace;
  readonly objects: GitObjects;
  readonly registry: Registry;
  readonly experiments: Experiments;
  /** What tags are signed with here. */
  signingKey(): Promise<SigningKey>;
  /** One fetch, one after the other; see `Host.refresh`. */
  refresh(pulls?: readonly number[]): Promise<void>;
  close(): Promise<void>;
}

/** Opens the mirror, cloning it first if it is missing or was never whole. Rejects with REMOTE_FAILED. */
export async function openMirror(options: MirrorOptions): Promise<Mirror> {
  const { folder, remoteEnvironment, signingKey } = options;
  if (await exists(join(folder, WHOLE))) await pointAt(options, folder);
  else await clone(options);
  await tidy(folder);
  const workspace = await openWorkspace(folder, { remoteEnvironment });
  const objects = await openObjects(folder, { remoteEnvironment });
  try {
    const signers = signersOf({ objects, remote: REMOTE });
    const key = async () => signingWith(signingKey);
    const registry = await registryOn(objects, REMOTE, { key, signers });
    const experiments = openExperiments(objects, REMOTE);
    let last: Promise<void> = Promise.resolve();
    const keepTidy = maintenanceOf(workspace, remoteTagRefs(REMOTE));
    const fetched = async (pulls: readonly number[]) => {
      const known = await highWaterMark(objects, REMOTE);
      await fetchRefsThatAre(workspace, refspecs(options, pulls));
      const tip = await objects.read(`${trackingRef(REMOTE, REGISTRY_REF)}^{commit}`);
      await raiseHighWaterMark(objects, REMOTE, known, tip?.id).catch((error: unknown) => {
        // What was seen is read on, and whoever writes is refused: no reason to answer nobody about anything else.
        if (!(error instanceof SlipwayError && error.code === "REGISTRY_REWRITTEN")) throw error;
      });
    };
    const refresh = (pulls: readonly number[] = []) => {
      last = last.catch(() => {}).then(() => fetched(pulls));
      last.then(keepTidy, () => {});
      return last;
    };
    return { workspace, objects, registry, experiments, signingKey: key, refresh, close: () => objects.close() };
  } catch (error) {
    await objects.close();
    throw error;
  }
}

/** In a folder beside, renamed when it is whole: a killed App leaves no half of a mirror in its place. */
async function clone(options: MirrorOptions): Promise<void> {
  const { folder, remoteEnvironment } = options;
  const temporary = `${folder}.${randomUUID()}`;
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
  try {
    await git(dirname(folder), ["init", "--quiet", "--bare", "--template=", temporary]);
    await pointAt(options, temporary);
    const repository = await openWorkspace(temporary, { remoteEnvironment });
    await fetchRefsThatAre(repository, refspecs(options, []));
    await writeFile(join(temporary, WHOLE), "");
    await rm(folder, { recursive: true, force: true });
    await rename(temporary, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Small fetches leave an object a file: Git packs them when they are too many, and does nothing before. */
async function tidy(folder: string): Promise<void> {
  await git(folder, ["-c", "gc.autoDetach=false", "gc", "--auto", "--quiet"]);
}

/** A repository may be renamed, and its default branch be another: GitHub's last word counts. */
async function pointAt({ url, defaultBranch }: MirrorOptions, folder: string): Promise<void> {
  const set = (name: string, value: string) =>
    git(folder, ["config", "--replace-all", `remote.${REMOTE}.${name}`, value]);
  await set("url", url);
  await set("fetch", refspec(`refs/heads/${defaultBranch}`));
  await git(folder, ["symbolic-ref", `refs/remotes/${REMOTE}/HEAD`, `refs/remotes/${REMOTE}/${defaultBranch}`]);
}

/**
 * The branches of Slipway's own by pattern, since before the first version they are not there, which is no failure then. The
 * star stands before the last letter: what people call `registry-old` or `experiments-of-mine` is not brought along.
 */
function refspecs({ defaultBranch }: MirrorOptions, pulls: readonly number[]): string[] {
  const patterns = [REGISTRY_REF, EXPERIMENTS_REF, MONITORING_REF].map((ref) => ref.replace(/.$/, "*$&"));
  const heads = pulls.map((number) => `+refs/pull/${number}/head:refs/pull/${number}/head`);
  return [...[`refs/heads/${defaultBranch}`, ...patterns].map(refspec), ...heads];
}

function refspec(branch: string): string {
  return `+${branch}:${trackingRef(REMOTE, branch)}`;
}

/**
 * Git fetches all that is asked for or nothing. A branch that was removed on GitHub is not read any more; a pull request's
 * head stays, since records name it.
 */
async function fetchRefsThatAre(repository: Repository, wanted: readonly string[]): Promise<void> {
  let left = wanted;
  while (left.length > 0) {
    const words = await fetchRefs(repository, REMOTE, ["--prune", ...left]);
    if (words === undefined) return;
    const [, missing] = /couldn't find remote ref (\S+)/.exec(words) ?? [];
    const gone = left.find((each) => missing !== undefined && each.startsWith(`+${missing}:`));
    if (gone === undefined) throw remoteFailed(REMOTE, words);
    left = left.filter((each) => each !== gone);
    await forget(repository, gone);
  }
}

async function forget({ folder }: Repository, gone: string): Promise<void> {
  const tracking = gone.split(":")[1] ?? "";
  if (tracking.startsWith("refs/remotes/")) await git(folder, ["update-ref", "-d", tracking]);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
