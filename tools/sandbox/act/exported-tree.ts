import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

/**
 * The package as act reads it, in `folder`: its workflows name their own workflows and Actions in full where the source
 * says `$/`, since act does not know it. Resolves to `folder`.
 */
export async function exportedTree(packaged: { name: string; folder: string }, folder: string): Promise<string> {
  // Links stay links: what the package borrows from elsewhere is not copied.
  await cp(packaged.folder, folder, { recursive: true, verbatimSymlinks: true });
  const workflows = path.join(folder, ".github/workflows");
  for (const name of await readdir(workflows))
    await writeFile(
      path.join(workflows, name),
      inActsWords(await readFile(path.join(workflows, name), "utf8"), packaged),
    );
  return folder;
}

/** A workflow file in words that act knows. */
export function inActsWords(text: string, packaged: { name: string }): string {
  return text.replace(/(uses: )\$\/([^\s#]+)/g, `$1${packaged.name}/$2@v1`);
}
