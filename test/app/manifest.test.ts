import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { ROUTES } from "../../app/intake/routes.ts";

const manifest = parse(readFileSync("app.yml", "utf8"));
const page = readFileSync("docs/app.md", "utf8");

test("docs/app.md gives the reason for each permission of the manifest, and for no other", () => {
  const rows = [...page.matchAll(/^\| `(\w+)` +\| (read|write) +\| \S/gm)].map(([, name, access]) => [name, access]);
  expect(Object.fromEntries(rows)).toEqual(manifest.default_permissions);
});

test("docs/app.md gives the reason for each event of the manifest", () => {
  const [, events = ""] = page.split("| Event ");
  const rows = [...events.matchAll(/^\| `(\w+)` +\|/gm)].map(([, name]) => name);
  expect(rows.slice(0, manifest.default_events.length)).toEqual(manifest.default_events);
});

test("the App asks for the events that its handlers listen to, and for no other", () => {
  const listened = new Set(Object.keys(ROUTES).map((name) => name.split(".")[0]));
  // A clock's: no webhook tells of it, and a manifest cannot ask for it.
  expect(listened.delete("schedule")).toBe(true);
  expect([...listened].sort()).toEqual(manifest.default_events);
});
