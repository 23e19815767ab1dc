import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";

it("installs nothing into a folder behind a link: others may use what is there", () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-ready-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "repo/tools/build"), { recursive: true });
  mkdirSync(join(folder, "shared/package"), { recursive: true });
  copyFileSync(join(import.meta.dirname, "../../tools/build/ready.mjs"), join(folder, "repo/tools/build/ready.mjs"));
  writeFileSync(join(folder, "repo/package.json"), '{"name":"x","version":"1.0.0"}');
  const lock = { name: "x", version: "1.0.0", lockfileVersion: 3, packages: { "": { name: "x", version: "1.0.0" } } };
  writeFileSync(join(folder, "repo/package-lock.json"), JSON.stringify(lock));
  symlinkSync(join(folder, "shared"), join(folder, "repo/node_modules"));
  const { status, stderr } = spawnSync(process.execPath, ["tools/build/ready.mjs"], {
    cwd: join(folder, "repo"),
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([1, expect.stringContaining("node_modules is a link")]);
  expect(existsSync(join(folder, "shared/package"))).toBe(true);
});
