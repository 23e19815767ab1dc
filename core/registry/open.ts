import type { CommitId } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import { type GitObjects, openObjects } from "../git/objects.ts";
import type { Repository } from "../git/repository.ts";
import { git } from "../git/run.ts";
import { completeLocally, localTip, publishLocally } from "./local.ts";
import type { Registry, RegistrySnapshot } from "./registry.ts";
import { completeOnRemote, publishToRemote, remoteTip } from "./remote.ts";
import { readSnapshot } from "./snapshot.ts";

/**
 * The registry of a repository: its own branch, or with `remote` (the name of a configured one) that
 * remote's, fetched for every snapshot and written by push alone. Rejects with NOT_A_REPOSITORY,
 * UNSUPPORTED (SHA-256 ids) or USAGE (no such remote). Close it: a Git process runs until then.
 */
export async function openRegistry({
  folder,
  remote,
}: {
  folder: string;
  remote?: string;
}): Promise<Registry & { close(): Promise<void> }> {
  const objects = await openObjects(folder);
  try {
    return { ...(await registryOn(objects, remote)), close: () => objects.close() };
  } catch (error) {
    await objects.close();
    throw error;
  }
}

/** As `openRegistry`, on objects that are open already and stay so. */
export async function registryOn(objects: GitObjects, remote: string | undefined): Promise<Registry> {
  const { repository } = objects;
  let last: RegistrySnapshot | undefined;
  // What was read of a commit stays true: the newest snapshot is kept while the branch stands still.
  const snapshotAt = async (commit: CommitId | undefined) => {
    if (last === undefined || last.commit !== commit) last = await readSnapshot(objects, commit);
    return last;
  };
  if (remote === undefined)
    return {
      snapshot: async () => snapshotAt(await localTip(objects)),
      publish: (change, parent) => publishLocally(repository, objects, change, parent),
      complete: () => completeLocally(repository, objects),
    };
  await requireRemote(repository, remote);
  return {
    snapshot: async () => snapshotAt(await remoteTip(repository, objects, remote)),
    publish: (change, parent) => publishToRemote(repository, objects, remote, change, parent),
    complete: () => completeOnRemote(repository, objects, remote),
  };
}

async function requireRemote({ folder }: Repository, remote: string): Promise<void> {
  const remotes = (await git(folder, ["remote"])).toString().split("\n").filter(Boolean);
  if (remotes.includes(remote)) return;
  throw new SlipwayError("USAGE", `The repository has no remote ${remote}.`, {
    expected: remotes.length === 0 ? "a configured remote" : `one of ${remotes.join(", ")}`,
    found: remote,
    hint: "Add it with `git remote add NAME URL`.",
  });
}
