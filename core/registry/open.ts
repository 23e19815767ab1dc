import type { CommitId } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import { withDrafts } from "../git/drafted-objects.ts";
import { type GitObjects, openObjects } from "../git/objects.ts";
import type { Repository } from "../git/repository.ts";
import { git } from "../git/run.ts";
import { addToDraft, type Draft, emptyDraft } from "./draft.ts";
import { localBackend } from "./local.ts";
import { maintenanceDone, maintenanceOf } from "./maintenance.ts";
import type { Registry, RegistrySnapshot } from "./registry.ts";
import { tipOf } from "./registry-backend.ts";
import { remoteBackend } from "./remote.ts";
import type { Signing } from "./sign-tags.ts";
import { readSnapshot } from "./snapshot.ts";

/**
 * The registry of a repository: its own branch, or with `remote` (the name of a configured one) that
 * remote's, fetched for every snapshot and written by push alone. Rejects with NOT_A_REPOSITORY,
 * UNSUPPORTED (SHA-256 ids) or USAGE (no such remote). Close it: a Git process runs until then.
 */
export async function openRegistry({
  folder,
  remote,
  signing,
}: {
  folder: string;
  remote?: string;
  signing?: Signing;
}): Promise<Registry & { close(): Promise<void> }> {
  const objects = await openObjects(folder);
  try {
    const registry = await registryOn(objects, remote, signing);
    const close = async () => {
      await maintenanceDone(objects.repository);
      await objects.close();
    };
    return { ...registry, close };
  } catch (error) {
    await objects.close();
    throw error;
  }
}

/** As `openRegistry`, on objects that are open already and stay so. Who only reads has no `signing`: it would write unsigned tags. */
export async function registryOn(
  objects: GitObjects,
  remote: string | undefined,
  signing: Signing | undefined,
): Promise<Registry> {
  if (remote !== undefined) await requireRemote(objects.repository, remote);
  const backend = remote === undefined ? localBackend(objects, signing) : remoteBackend(objects, remote, signing);
  const drafts = new WeakMap<RegistrySnapshot, Draft>();
  const maintain = maintenanceOf(objects.repository, backend.tagRefs);
  let last: RegistrySnapshot | undefined;
  return {
    async snapshot() {
      const commit = await backend.tip();
      // What was read of a commit stays true: the newest snapshot is kept while the branch stands still.
      if (last === undefined || last.commit !== commit) last = await readSnapshot(objects, commit);
      return last;
    },
    async draft(change, on) {
      const draft = await addToDraft(objects, backend, drafts.get(on) ?? emptyDraft(on.commit), change);
      const snapshot = await readSnapshot(withDrafts(objects, draft.pending), tipOf(draft));
      drafts.set(snapshot, draft);
      return snapshot;
    },
    async publish(drafted) {
      const draft = drafts.get(drafted);
      if (draft === undefined) throw new Error("nothing was drafted up to this state");
      await backend.publish(draft);
      maintain();
      // From here on Git has them, and what is drafted on this state begins anew.
      objects.keep(draft.pending.values());
      drafts.delete(drafted);
      draft.pending.clear();
      last = drafted;
      return drafted.commit as CommitId;
    },
    complete: () => backend.complete(),
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
