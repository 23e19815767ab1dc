import { SlipwayError } from "../errors.ts";
import type { GitObjects } from "../git/objects.ts";

const MOST_RECORD = 256 * 1024 * 1024;
/** Records that are read at once. */
const TOGETHER = 200;

/**
 * Every SHA-256 that stands in a file of these refs' tips, in whatever kind of record: more than names stored bytes, and never
 * less, also of a kind that is added later. A ref that is not there names nothing. Rejects with REGISTRY_CORRUPT if a file
 * cannot be read: nobody can tell then what it names.
 */
export async function namedDigests(objects: GitObjects, refs: readonly string[]): Promise<Set<string>> {
  const named = new Set<string>();
  const seen = new Set<string>();
  const files: string[] = [];
  for (const ref of refs) {
    const tip = await objects.read(`${ref}^{tree}`);
    const pending = tip === undefined ? [] : [tip.id];
    for (let tree = pending.pop(); tree !== undefined; tree = pending.pop()) {
      if (seen.has(tree)) continue;
      seen.add(tree);
      const items = await objects.tree(tree);
      if (items === undefined) throw unreadable(tree);
      for (const { mode, id } of items) {
        if (mode === "40000") pending.push(id);
        else if (!seen.has(id) && mode.startsWith("100")) {
          seen.add(id);
          files.push(id);
        }
      }
    }
  }
  for (let at = 0; at < files.length; at += TOGETHER) {
    const ids = files.slice(at, at + TOGETHER);
    const contents = await objects.readMany(ids, MOST_RECORD);
    contents.forEach((content, index) => {
      if (content === undefined) throw unreadable(ids[index] as string);
      for (const [digest] of content.content.toString("latin1").matchAll(/[0-9a-f]{64}/g)) named.add(digest);
    });
  }
  return named;
}

function unreadable(id: string): SlipwayError {
  return new SlipwayError("REGISTRY_CORRUPT", `The object ${id} of the registry cannot be read`, {
    hint: "slipway verify --repair brings back what another copy has.",
  });
}
