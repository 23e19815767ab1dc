import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** `from "./a.ts"` and `import("./a.ts")`, of types and of values. */
const RELATIVE = /\b(?:from |import ?\(?)"(\.\.?\/[^"]+)"/g;

test.each(["app", "core", "api", "actions"])("no two folders of %s/ import each other", async (room) => {
  const imports = await folderImports(room);

  const mutual = [...imports].filter(([pair]) => imports.has(pair.split(" ").reverse().join(" ")));

  expect(Object.fromEntries(mutual)).toEqual({});
});

/** `folder other-folder` → a file of the one and what it imports of the other; types count as values do. */
async function folderImports(room: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const files = (await readdir(join(root, room), { recursive: true })).filter((file) => file.endsWith(".ts"));
  for (const file of files.map((name) => join(room, name))) {
    for (const [, path = ""] of (await readFile(join(root, file), "utf8")).matchAll(RELATIVE)) {
      const imported = join(dirname(file), path);
      const [from, to] = [dirname(file), dirname(imported)];
      if (from !== to && imported.startsWith(`${room}/`)) found.set(`${from} ${to}`, `${file} imports ${imported}`);
    }
  }
  return found;
}
