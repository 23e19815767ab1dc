import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, symlink } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../runtime/temporary.ts";

const ROOT = path.join(import.meta.dirname, "../..");
const SOURCES = [
  "actions",
  "api",
  "app",
  "cli",
  "core",
  "schemas",
  "tools",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
];

/** Each built file's digest, by its path. */
async function digests(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const all = files.map(async (file) => {
    const sha256 = createHash("sha256").update(await readFile(file));
    return [path.relative(folder, file), sha256.digest("hex")] as const;
  });
  // Which commit it was built from is Git's to say.
  return Object.fromEntries((await Promise.all(all)).filter(([name]) => name !== "release.json").sort());
}

it("builds the same bytes from the same sources in another folder", async () => {
  const folder = path.join(temporaryFolder(), "deeper", "elsewhere");
  await mkdir(folder, { recursive: true });
  for (const name of SOURCES) await cp(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  await symlink(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
  execFileSync(process.execPath, ["tools/build/build.mjs"], { cwd: folder });
  expect(await digests(path.join(folder, "dist"))).toEqual(await digests(path.join(ROOT, "dist")));
});
