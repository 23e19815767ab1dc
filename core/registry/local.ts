import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CommitId } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import { refuseBranchesBelow } from "../git/branches-below.ts";
import { looseRef } from "../git/loose-ref.ts";
import type { GitObjects } from "../git/objects.ts";
import { updateRefs } from "../git/ref-transaction.ts";
import type { Repository } from "../git/repository.ts";
import { writeObjects } from "../git/write.ts";
import type { ComposedTag } from "./compose.ts";
import { branchLost, lostBranch, SEEN_REF, setBack } from "./lost-branch.ts";
import { lastAdded, tagsOwed, writeMissingTags } from "./missing-tags.ts";
import { REGISTRY_REF } from "./paths.ts";
import { moved, refusedTag } from "./refusals.ts";
import { objectsOf, type RegistryBackend, signedGroup, tagsOf, tipOf } from "./registry-backend.ts";
import { isSameTag, type Signing } from "./sign-tags.ts";

const TAGS = "refs/tags/";

/**
 * The newest commit of the local branch; undefined where nothing was ever registered. Rejects with REGISTRY_REWRITTEN or
 * REGISTRY_CORRUPT where the branch was lost.
 */
export async function localTip(objects: GitObjects): Promise<CommitId | undefined> {
  const tip = await readTip(objects);
  if (tip !== undefined) return tip;
  const lost = await lostBranch(objects);
  if (lost === undefined) return undefined;
  // Another writer may have made the branch since it was looked for: what is beside it then is no sign of a loss.
  const now = await readTip(objects);
  if (now === undefined) throw branchLost(lost);
  return now;
}

async function readTip(objects: GitObjects): Promise<CommitId | undefined> {
  return looseRef(objects.repository, REGISTRY_REF) ?? (await objects.read(`${REGISTRY_REF}^{commit}`))?.id;
}

/** The repository's own branch and tags. */
export function localBackend(objects: GitObjects, signing?: Signing): RegistryBackend {
  const { repository } = objects;
  const tip = () => localTip(objects);
  const refuseBelow = () => refuseBranchesBelow(repository, undefined, REGISTRY_REF);
  /** What this process published last: its tags need not be found out. */
  let last: { tip: CommitId; tags: readonly ComposedTag[] } | undefined;

  /** In a transaction of its own, before anything is put on top: so only what was published last can ever lack tags. */
  async function completeTags(at: CommitId): Promise<void> {
    const owed = last?.tip === at ? last.tags : await tagsOwed(objects, await lastAdded(objects, at), TAGS);
    const missing = await writeMissingTags(repository, objects, owed, TAGS, signing);
    if (missing.length > 0) {
      const words = await updateRefs(repository, missing.map(tagUpdate));
      // Another writer may have completed them at the same time, with a key of its own.
      if (words !== undefined)
        for (const tag of missing) {
          const there = await objects.read(TAGS + tag.name);
          if (there === undefined || !isSameTag(there, tag)) throw refusal(words, [tag]);
        }
    }
    last = { tip: at, tags: owed };
  }

  return {
    tagRefs: TAGS,
    tip,
    async publish(drafted) {
      const { parent } = drafted;
      if ((await tip()) !== parent) throw moved(parent);
      // What this process published last is what was seen last.
      const lost = parent === undefined || last?.tip === parent ? undefined : await setBack(objects, parent);
      if (lost !== undefined) throw branchLost(lost);
      refuseCheckedOut(repository);
      await (parent ? completeTags(parent) : refuseBelow());
      const group = await signedGroup(drafted, signing);
      const [next, tags] = [tipOf(group), tagsOf(group)];
      const branch = { ref: REGISTRY_REF, to: next, from: parent };
      const seen = { ref: SEEN_REF, to: next, from: undefined, over: true } as const;
      const after = writeObjects(repository.objectFolder, objectsOf(group));
      const words = await updateRefs(repository, [branch, ...tags.map(tagUpdate), seen], { after });
      const now = await tip();
      // Git may have died after the commit point: what is left is the next writer's to complete.
      if (words !== undefined && now !== next) throw now === parent ? refusal(words, tags) : moved(parent);
      last = { tip: next, tags };
    },
    async complete() {
      const at = await tip();
      await (at === undefined ? refuseBelow() : completeTags(at));
    },
  };
}

function tagUpdate({ name, object }: ComposedTag) {
  return { ref: TAGS + name, to: object.id, from: undefined };
}

/** A work tree on the branch would show every act as a change to undo. */
function refuseCheckedOut({ commonFolder }: Repository): void {
  const linked = join(commonFolder, "worktrees");
  const folders = existsSync(linked) ? readdirSync(linked).map((name) => join(linked, name)) : [];
  for (const head of [commonFolder, ...folders].map((folder) => join(folder, "HEAD"))) {
    if (!existsSync(head) || readFileSync(head, "utf8").trim() !== `ref: ${REGISTRY_REF}`) continue;
    throw new SlipwayError("WRONG_BRANCH", "The branch registry is checked out, and cannot be written.", {
      expected: "HEAD on another branch",
      found: head,
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
