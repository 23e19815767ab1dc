import type { CommitId } from "../../schemas/names.ts";
import { parseCommit } from "../git/commit-object.ts";
import { present } from "../git/compose-commit.ts";
import type { GitObjects } from "../git/objects.ts";
import { parseTree, type TreeItem } from "../git/tree-object.ts";
import type { RecordPath } from "./kinds.ts";
import { placeInGroup } from "./message.ts";
import { MAX_RECORD_BYTES } from "./parse.ts";
import { parsePath } from "./paths.ts";

const FOLDER = "40000";

/**
 * The commits that were published together with `tip`, which is the last of them, oldest first. Each publishing completes
 * the tags of the one before: so these alone can ever lack tags.
 */
export async function groupOf(objects: GitObjects, tip: CommitId): Promise<CommitId[]> {
  const group = [tip];
  const place = placeInGroup(parseCommit((await present(objects, tip)).content).message);
  for (let commit = tip; group.length < place; ) {
    const parent = (await objects.read(`${commit}^`, MAX_RECORD_BYTES))?.id;
    if (parent === undefined) break;
    group.unshift(parent);
    commit = parent;
  }
  return group;
}

/** The records that a commit added: what its first parent has not. */
export async function recordsAddedBy(objects: GitObjects, commit: CommitId): Promise<RecordPath[]> {
  const added: RecordPath[] = [];
  const items = async (id: string) => parseTree((await present(objects, id)).content);
  const walk = async (now: readonly TreeItem[], before: readonly TreeItem[], at: string): Promise<void> => {
    const old = new Map(before.map((item) => [item.name, item]));
    for (const { name, id, mode } of now) {
      const was = old.get(name);
      if (was?.id === id) continue;
      const path = `${at}${name}`;
      if (mode === FOLDER) await walk(await items(id), was?.mode === FOLDER ? await items(was.id) : [], `${path}/`);
      else if (was === undefined || was.mode === FOLDER) added.push(...[parsePath(path) ?? []].flat());
    }
  };
  const before = await objects.read(`${commit}^`, MAX_RECORD_BYTES);
  await walk(
    (await objects.tree(commit)) ?? [],
    before === undefined ? [] : ((await objects.tree(before.id)) ?? []),
    "",
  );
  return added;
}
