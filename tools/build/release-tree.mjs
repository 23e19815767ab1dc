// Lays out what a release adds to the sources: what dist/actions/ holds (see build.mjs), in actions/. Into the repository
// itself; or, with a folder, the reusable workflows and Actions alone into that folder, as users' workflows get them.
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

function releaseTree(folder = root) {
  const built = join(root, "dist/actions");
  const own = resolve(folder) === resolve(root);
  if (!own) cpSync(join(root, ".github/workflows"), join(folder, ".github/workflows"), { recursive: true });
  for (const name of readdirSync(join(root, "actions"))) {
    const definition = join(root, "actions", name, "action.yml");
    if (!existsSync(definition)) continue;
    const to = join(folder, "actions", name);
    mkdirSync(to, { recursive: true });
    if (!own) cpSync(definition, join(to, "action.yml"));
    rmSync(join(to, "dist"), { recursive: true, force: true });
    // A release without it would be broken.
    if (!existsSync(join(built, name, "dist/main.js"))) throw new Error(`the Action ${name} has not been built`);
  }
  rmSync(join(folder, "actions/chunks"), { recursive: true, force: true });
  cpSync(built, join(folder, "actions"), { recursive: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) releaseTree(process.argv[2]);
