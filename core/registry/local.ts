import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { SlipwayError } from "../errors.ts";
import type { GitObjects } from "../git/objects.ts";
import { updateRefs } from "../git/ref-transaction.ts";
import type { Repository } from "../git/repository.ts";
import { writeObjects } from "../git/write.ts";
import { type ComposedTag, composeChange, recordsAddedBy } from "./compose.ts";
import { writeMissingTags } from "./missing-tags.ts";
import { REGISTRY_REF } from "./paths.ts";
import { moved, refusedTag } from "./refusals.ts";
import type { RegistryChange } from "./registry.ts";

const TAGS = "refs/tags/";

/** The newest commit of the local branch. */
export async function localTip(objects: GitObjects): Promise<string | undefined> {
  return (await objects.read(`${REGISTRY_REF}^{commit}`))?.id;
}

/** `Registry.publish` into the repository itself. */
export async function publishLocally(
  repository: Repository,
  objects: GitObjects,
  change: RegistryChange,
  parent: string | undefined,
): Promise<string> {
  if ((await localTip(objects)) !== parent) throw moved(parent);
  await refuseCheckedOut(repository);
  const [completed, prepared] = await Promise.allSettled([
    // In a transaction of its own, so that it is only ever the newest commit that can lack tags.
    parent === undefined ? undefined : completeTags(repository, objects, parent),
    composeChange(objects, change, parent, TAGS).then(async (composed) => {
      await writeObjects(repository.objectFolder, composed.objects);
      return composed;
    }),
  ]);
  if (completed.status === "rejected") throw completed.reason;
  if (prepared.status === "rejected") throw prepared.reason;
  const composed = prepared.value;
  const tags = composed.tags.map(({ name, object }) => ({ ref: TAGS + name, to: object.id, from: undefined }));
  const words = await updateRefs(repository, [{ ref: REGISTRY_REF, to: composed.commit, from: parent }, ...tags]);
  const tip = await localTip(objects);
  // Git may have died after the commit point: what is left is the next writer's to complete.
  if (words === undefined || tip === composed.commit) return composed.commit;
  if (tip !== parent) throw moved(parent);
  throw refusal(words, composed.tags);
}

/** `Registry.complete` in the repository itself. */
export async function completeLocally(repository: Repository, objects: GitObjects): Promise<void> {
  const tip = await localTip(objects);
  if (tip !== undefined) await completeTags(repository, objects, tip);
}

async function completeTags(repository: Repository, objects: GitObjects, tip: string): Promise<void> {
  const added = await recordsAddedBy(repository.folder, tip);
  const missing = await writeMissingTags(repository, objects, tip, added, TAGS);
  if (missing.length === 0) return;
  const words = await updateRefs(
    repository,
    missing.map(({ name, object }) => ({ ref: TAGS + name, to: object.id, from: undefined })),
  );
  if (words === undefined) return;
  // Another writer may have completed them at the same time.
  for (const tag of missing)
    if ((await objects.read(TAGS + tag.name))?.id !== tag.object.id) throw refusal(words, [tag]);
}

/** A work tree on the branch would show every act as a change to undo. */
async function refuseCheckedOut({ commonFolder }: Repository): Promise<void> {
  const linked = await readdir(join(commonFolder, "worktrees")).catch(() => []);
  for (const folder of [commonFolder, ...linked.map((name) => join(commonFolder, "worktrees", name))]) {
    const head = await readFile(join(folder, "HEAD"), "utf8").catch(() => "");
    if (head.trim() === `ref: ${REGISTRY_REF}`)
      throw new SlipwayError("WRONG_BRANCH", "The branch registry is checked out, and cannot be written.", {
        expected: "HEAD on another branch",
        found: join(folder, "HEAD"),
        hint: "Switch to another branch (`git switch main`; in a bare repository `git symbolic-ref HEAD refs/heads/main`).",
      });
  }
}

function refusal(words: string, tags: readonly ComposedTag[]): SlipwayError {
  const taken = tags.find(({ name }) => words.includes(`${TAGS}${name}'`));
  if (/\.lock': File exists/.test(words))
    return new SlipwayError("LOCKED", "Another Git process holds a lock that the registry needs.", {
      found: words,
      hint: "Run the same command again. If no Git process is running, delete the lock file that Git names.",
    });
  if (taken !== undefined && /exists/.test(words)) return refusedTag(taken.name, words);
  return new SlipwayError("GIT_FAILED", "Git refused to update the registry.", {
    found: words,
    hint: "Nothing was changed. Mend what Git names (a hook may have refused), then run the same command again.",
  });
}
