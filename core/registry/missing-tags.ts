import type { CommitId } from "../../schemas/names.ts";
import { looseRef } from "../git/loose-ref.ts";
import type { GitObjects } from "../git/objects.ts";
import type { Repository } from "../git/repository.ts";
import { writeObjects } from "../git/write.ts";
import { groupOf, recordsAddedBy } from "./added-records.ts";
import { type ComposedTag, tagsOwedBy } from "./compose.ts";
import type { RecordPath } from "./kinds.ts";
import { tagDiffers } from "./refusals.ts";
import { isSameTag, type Signing, signTags } from "./sign-tags.ts";

/** A commit, and the records that it added. */
export interface AddedRecords {
  commit: CommitId;
  added: readonly RecordPath[];
}

/** What the commits that were published last, in one go, added: they alone can lack tags. Oldest first. */
export async function lastAdded(objects: GitObjects, tip: CommitId): Promise<AddedRecords[]> {
  const group = await groupOf(objects, tip);
  return Promise.all(group.map(async (commit) => ({ commit, added: await recordsAddedBy(objects, commit) })));
}

/** The tags that the writers of these commits owe, there or not. */
export async function tagsOwed(
  objects: GitObjects,
  commits: readonly AddedRecords[],
  tagRefs: string,
): Promise<ComposedTag[]> {
  const owed: ComposedTag[] = [];
  const versions = new Map<string, CommitId>();
  for (const { commit, added } of commits) {
    for (const record of added)
      if (record.kind === "version") versions.set(`${record.model}@${record.version}`, commit);
    const knownCommit = (on: { model: string; version: number }) => versions.get(`${on.model}@${on.version}`);
    owed.push(...(await tagsOwedBy(objects, commit, added, tagRefs, knownCommit)));
  }
  return owed;
}

/**
 * Those of the tags that are not under `tagRefs`, signed and written as objects: what is left is to point a ref at each. Who
 * signed those that are there is no concern of whoever completes the others. Rejects with REGISTRY_CORRUPT where a tag says
 * something else.
 */
export async function writeMissingTags(
  repository: Repository,
  objects: GitObjects,
  owed: readonly ComposedTag[],
  tagRefs: string,
  signing: Signing | undefined,
): Promise<ComposedTag[]> {
  // Most are what was just written: read from their own files, they cost no question to Git.
  const unsure = owed.filter(({ name, object }) => looseRef(repository, tagRefs + name) !== object.id);
  const found = await objects.readMany(unsure.map(({ name }) => tagRefs + name));
  const absent = unsure.filter((tag, at) => {
    const there = found[at];
    if (there !== undefined && !isSameTag(there, tag)) throw tagDiffers(tag, there.id);
    return there === undefined;
  });
  const missing = await signTags(absent, signing);
  if (missing.length > 0)
    await writeObjects(
      repository.objectFolder,
      missing.map(({ object }) => object),
    );
  return missing;
}
