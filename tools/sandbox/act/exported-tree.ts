import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";

/**
 * The package as act reads it, below `folder`: its workflows name their own workflows and Actions in full where the source
 * says `$/`, since act does not know it. act copies the whole package for each job, so all of it is links, and nothing of
 * it is copied. Resolves to the package's folder.
 */
export async function exportedTree(packaged: { name: string; folder: string }, folder: string): Promise<string> {
  const [tree, github] = [path.join(folder, "tree"), path.join(folder, "github")];
  await mkdir(tree, { recursive: true });
  await mkdir(path.join(github, "workflows"), { recursive: true });
  for (const name of await readdir(packaged.folder))
    await symlink(name === ".github" ? github : path.join(packaged.folder, name), path.join(tree, name));
  const workflows = path.join(packaged.folder, ".github/workflows");
  for (const name of await readdir(workflows))
    await writeFile(
      path.join(github, "workflows", name),
      inActsWords(await readFile(path.join(workflows, name), "utf8"), packaged),
    );
  return tree;
}

/** A workflow file in words that act knows. */
export function inActsWords(text: string, packaged: { name: string }): string {
  return text.replace(/(uses: )\$\/([^\s#]+)/g, `$1${packaged.name}/$2@v1`);
}
