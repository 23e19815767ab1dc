import type { CommitId } from "../../schemas/names.ts";
import type { GitObjects } from "../git/objects.ts";
import type { Repository } from "../git/repository.ts";
import { writeObjects } from "../git/write.ts";
import { groupOf, recordsAddedBy } from "./added-records.ts";
import { type ComposedTag, tagsOwedBy } from "./compose.ts";
import type { RecordPath } from "./paths.ts";
import { tagDiffers } from "./refusals.ts";

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
 * Those of the tags that are not under `tagRefs`, written as objects: what is left is to point a ref at each. Rejects with
 * REGISTRY_CORRUPT where a tag says something else.
 */
export async function writeMissingTags(
  { objectFolder }: Repository,
  objects: GitObjects,
  owed: readonly ComposedTag[],
  tagRefs: string,
): Promise<ComposedTag[]> {
  const found = await objects.readMany(owed.map(({ name }) => tagRefs + name));
  const missing = owed.filter((tag, at) => {
    const there = found[at]?.id;
    if (there !== undefined && there !== tag.object.id) throw tagDiffers(tag, there);
    return there === undefined;
  });
  if (missing.length > 0)
    await writeObjects(
      objectFolder,
      missing.map(({ object }) => object),
    );
  return missing;
}
