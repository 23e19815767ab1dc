import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { git, runGit } from "../../core/git/run.ts";
import { filesBelow } from "./mutate-files.ts";

/**
 * All that a registry says, in one digest, by Git alone: each ref, each object that the good one has, each stored byte.
 * What does not read as in the good one gives another digest.
 */
export async function meaningOf(copy: string, good: string): Promise<string> {
  const hash = createHash("sha256");
  const folder = join(copy, "registry.git");
  const refs = await runGit(folder, ["for-each-ref", "--format=%(refname) %(objectname)"]);
  hash.update(`${refs.code} ${refs.stdout.toString()} ${refs.words}`);
  const goods = (
    await git(join(good, "registry.git"), ["rev-list", "--objects", "--no-object-names", "--all"])
  ).toString();
  const ids = [...new Set(goods.split("\n").filter(Boolean))].sort();
  const objects = await runGit(folder, ["cat-file", "--batch"], { input: ids.map((id) => `${id}\n`).join("") });
  hash.update(`${objects.code}`).update(objects.stdout);
  for (const path of await filesBelow(join(copy, "store"), /^sha256\//))
    hash.update(path).update(await readFile(join(copy, "store", path)));
  return hash.digest("hex");
}
