import { SlipwayError } from "../errors.ts";
import type { GitObjects } from "../git/objects.ts";
import { findEntry } from "../git/tree-edit.ts";

/**
 * Asked where Git found nothing at `path` below a tree (any expression for one): Git says the same of what was never there
 * and of what was lost. Rejects with REGISTRY_CORRUPT where an object on the way is named, and is not there.
 */
export async function refuseLost(objects: GitObjects, tree: string, path: string): Promise<void> {
  let at = tree;
  const names = path.split("/");
  for (let name = names.shift(); ; name = names.shift()) {
    const found = await objects.read(at);
    if (found === undefined)
      throw new SlipwayError("REGISTRY_CORRUPT", `The repository lacks the object ${at}, on the way to ${path}.`, {
        found: "an object that was lost",
        hint: "`slipway verify` says what else is missing, `slipway verify --repair` brings it back from a copy.",
      });
    const entry = name === undefined || found.type !== "tree" ? undefined : findEntry(found.content, name, false).id;
    if (entry === undefined) return;
    at = entry;
  }
}
