// Lays out what a release adds to the sources: each Action's bundle, from dist/actions/<name>/ (see build.mjs), in
// actions/<name>/dist/. Into the repository itself; or, with a folder, the reusable workflows and Actions alone into that
// folder, as users' workflows get them.
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

function releaseTree(folder = root) {
  const own = resolve(folder) === resolve(root);
  if (!own) cpSync(join(root, ".github/workflows"), join(folder, ".github/workflows"), { recursive: true });
  for (const name of readdirSync(join(root, "actions"))) {
    const definition = join(root, "actions", name, "action.yml");
    if (!existsSync(definition)) continue;
    const to = join(folder, "actions", name);
    mkdirSync(to, { recursive: true });
    if (!own) cpSync(definition, join(to, "action.yml"));
    rmSync(join(to, "dist"), { recursive: true, force: true });
    // Fails where the Action has not been built: a release without it would be broken.
    cpSync(join(root, "dist/actions", name), join(to, "dist"), { recursive: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) releaseTree(process.argv[2]);
