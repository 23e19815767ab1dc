// Writes what `slipway init --github --bot` writes into a folder: for the linters, which must find nothing in it.
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { readGitHubFiles } from "../../cli/init/github.ts";

const [folder = "."] = process.argv.slice(2);
const { files } = await readGitHubFiles(fileURLToPath(new URL("../..", import.meta.url)), "main", true);
for (const [file, content] of files) {
  await mkdir(path.join(folder, path.dirname(file)), { recursive: true });
  await writeFile(path.join(folder, file), content);
}
