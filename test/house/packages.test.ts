import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };

const ROOT = join(import.meta.dirname, "../..");
const ROOMS = ["schemas", "core", "api", "app", "cli", "actions", "tools", "test", "vitest.config.ts"];
const NAMES = Object.keys({ ...packageJson.dependencies, ...packageJson.devDependencies });

/** The packages of all imports: static ones, and those that a call makes (`import("x")`, `require("x")`, a reader of files). */
const imported = new Set(
  ROOMS.flatMap((room) => sources(room)).flatMap((text) =>
    [...text.matchAll(/(?:\bfrom |\bimport |\()"((?:@[^/"]+\/)?[^/".][^/"]*)/g)].map(([, name]) => name),
  ),
);
/** Programs that scripts start by name. */
const started = Object.values(packageJson.scripts).join(" ");

function sources(room: string): string[] {
  if (room.endsWith(".ts")) return [readFileSync(join(ROOT, room), "utf8")];
  return readdirSync(join(ROOT, room), { recursive: true, encoding: "utf8" })
    .filter((path) => /\.(ts|mts|mjs|js)$/.test(path))
    .map((path) => readFileSync(join(ROOT, room, path), "utf8"));
}

/** What a package of programs is for, and what a package of types describes. */
const PROGRAMS: Record<string, string> = { "@biomejs/biome": "biome", typescript: "tsc", tsx: "tsx" };
const described = (name: string) => name.replace(/^@types\/(.*)$/, (_, of: string) => (of === "node" ? "node:fs" : of));

it.each(NAMES)("something imports %s, or a script starts it", (name) => {
  const program = PROGRAMS[name];
  const isUsed = program === undefined ? imported.has(described(name)) : new RegExp(`\\b${program} `).test(started);
  expect(isUsed).toBe(true);
});
