import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Lays out in `folder` what users' workflows get of a release (see tools/build/release-tree.mjs), with no bundle in it: each
 * Action's main.js loads its source, as it stands when a job starts.
 */
export function layOutSources(folder: string): void {
  cpSync(join(ROOT, ".github/workflows"), join(folder, ".github/workflows"), { recursive: true });
  const tsx = import.meta.resolve("tsx/esm/api");
  for (const name of readdirSync(join(ROOT, "actions"))) {
    const definition = join(ROOT, "actions", name, "action.yml");
    if (!existsSync(definition)) continue;
    const to = join(folder, "actions", name);
    mkdirSync(join(to, "dist"), { recursive: true });
    cpSync(definition, join(to, "action.yml"));
    writeFileSync(join(to, "dist/package.json"), '{ "type": "module" }\n');
    const main = pathToFileURL(join(ROOT, "actions", name, "main.ts")).href;
    const lines = [`import { register } from ${JSON.stringify(tsx)};`, "register();", `await import("${main}");`, ""];
    writeFileSync(join(to, "dist/main.js"), lines.join("\n"));
  }
}
