import type { CommitId, Person, Timestamp } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import { type EncodedObject, encodeBlob, encodeCommit } from "./encode.ts";
import type { GitObjects } from "./objects.ts";
import { editTree } from "./tree-edit.ts";

/** A commit that puts files into its parent's tree. */
export interface NewCommit {
  /** Undefined for a branch's first commit. */
  parent: CommitId | undefined;
  files: readonly { path: string; content: string }[];
  /** Paths of files and folders that are to be gone. */
  removed?: readonly string[];
  author: Person;
  at: Timestamp;
  message: string;
  /** Paths that must not be there yet. */
  once?: ReadonlySet<string>;
}

/** Trees of this size hold about 2,000,000 entries. */
const MAX_TREE_BYTES = 64 * 1024 * 1024;

/**
 * The commit with its blobs and trees as objects, itself the last; nothing is written yet. `changes` is false where its
 * tree is the parent's. Rejects with REGISTRY_CORRUPT where a path of `once` is there, or a folder stands in a file's place.
 */
export async function composeCommit(
  objects: GitObjects,
  { parent, files, removed = [], author, at, message, once }: NewCommit,
): Promise<{ commit: CommitId; objects: EncodedObject[]; changes: boolean }> {
  const blobs = files.map(({ path, content }) => ({ path, blob: encodeBlob(content) }));
  const root = parent === undefined ? undefined : (await objects.read(`${parent}^{tree}`, MAX_TREE_BYTES))?.id;
  const trees = await editTree(
    async (id) => (await present(objects, id)).content,
    root,
    new Map([
      ...blobs.map(({ path, blob }) => [path, blob.id] as const),
      ...removed.map((path) => [path, undefined] as const),
    ]),
    once,
  );
  const tree = (trees.at(-1) as EncodedObject).id;
  const commit = encodeCommit({ tree, parents: parent === undefined ? [] : [parent], author, at, message });
  return { commit: commit.id, objects: [...blobs.map(({ blob }) => blob), ...trees, commit], changes: tree !== root };
}

/** What has to be there, because something that is there names it. Rejects with REGISTRY_CORRUPT. */
export async function present(objects: GitObjects, expression: string) {
  const object = await objects.read(expression, MAX_TREE_BYTES);
  if (object === undefined)
    throw new SlipwayError("REGISTRY_CORRUPT", `The repository lacks ${expression}.`, {
      hint: "Run `git fsck`; fetch the branch again from a whole copy.",
    });
  return object;
}
