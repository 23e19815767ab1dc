import { chmodSync, linkSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { closeFolders, leadsInto, sealOf } from "../../core/runtime/seal.ts";
import { temporaryFolder } from "./temporary.ts";

it("is the same as long as nothing is touched, and another one after a write that set all times back", async () => {
  const root = temporaryFolder({ "env/a": "one", "env/b/c": "two" });
  const before = await sealOf([join(root, "env")]);
  expect(await sealOf([join(root, "env")])).toBe(before);
  const file = join(root, "env/b/c");
  const { atime, mtime } = statSync(file);
  writeFileSync(file, "owt");
  utimesSync(file, atime, mtime);
  expect(await sealOf([join(root, "env")])).not.toBe(before);
});

it("cuts a hard link that leads out, and keeps one within", async () => {
  const root = temporaryFolder({ "store/file": "kept", "env/own": "own" });
  linkSync(join(root, "store/file"), join(root, "env/file"));
  linkSync(join(root, "env/own"), join(root, "env/again"));
  chmodSync(join(root, "store/file"), 0o755);
  await closeFolders([join(root, "env")]);
  writeFileSync(join(root, "store/file"), "changed");
  expect(readFileSync(join(root, "env/file"), "utf8")).toBe("kept");
  expect(statSync(join(root, "env/file")).mode & 0o777).toBe(0o555);
  expect(statSync(join(root, "env/own")).ino).toBe(statSync(join(root, "env/again")).ino);
});

it("finds a link that leads into another folder, and takes none that only begins like it", async () => {
  const root = temporaryFolder({ "home/python": "", "home-2/python": "", "env/x": "" });
  symlinkSync("../home-2/python", join(root, "env/other"));
  expect(await leadsInto(join(root, "env"), join(root, "home"))).toBe(false);
  symlinkSync("../home/python", join(root, "env/python"));
  expect(await leadsInto(join(root, "env"), join(root, "home"))).toBe(true);
});
