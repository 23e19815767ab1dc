import type { GitObjects } from "../git/objects.ts";
import type { Repository } from "../git/repository.ts";
import { writeObjects } from "../git/write.ts";
import { type ComposedTag, tagsOwedBy } from "./compose.ts";
import type { RecordPath } from "./paths.ts";
import { tagDiffers } from "./refusals.ts";

/**
 * The tags that a commit's writer owes and that are not under `tagRefs`, written as objects: what is left is to point a
 * ref at each. `added` are the records that the commit added. Rejects with
 * REGISTRY_CORRUPT where a tag says something else.
 */
export async function writeMissingTags(
  repository: Repository,
  objects: GitObjects,
  commit: string,
  added: readonly RecordPath[],
  tagRefs: string,
): Promise<ComposedTag[]> {
  const missing: ComposedTag[] = [];
  for (const tag of await tagsOwedBy(objects, commit, added, tagRefs)) {
    const found = await objects.read(tagRefs + tag.name);
    if (found === undefined) missing.push(tag);
    else if (found.id !== tag.object.id) throw tagDiffers(tag, found.id, commit);
  }
  const owed = missing.map(({ object }) => object);
  if (owed.length > 0) await writeObjects(repository.objectFolder, owed);
  return missing;
}
