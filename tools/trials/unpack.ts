import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { git } from "../../core/git/run.ts";

/** Makes every object and every ref of a bare repository a file of its own. */
export async function unpack(folder: string): Promise<void> {
  const packs = join(folder, "objects", "pack");
  const away = join(folder, "packs");
  await rename(packs, away);
  for (const name of await readdir(away))
    if (name.endsWith(".pack"))
      await git(folder, ["unpack-objects", "-q"], { input: await readFile(join(away, name)) });
  await rm(away, { recursive: true });
  await git(folder, ["pack-refs", "--all"]);
  for (const ref of (await git(folder, ["for-each-ref", "--format=%(refname) %(objectname)"])).toString().split("\n")) {
    const [name = "", id] = ref.split(" ");
    if (id !== undefined) await writeFile(join(folder, name), `${id}\n`);
  }
}
