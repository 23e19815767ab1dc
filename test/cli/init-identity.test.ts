import { readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { slipway, temporaryFolder } from "./memory-host.ts";

it("says how to tell Git who one is, and makes nothing, where Git does not know", async () => {
  const cwd = await temporaryFolder();
  const config = path.join(await temporaryFolder(), "gitconfig");
  await writeFile(config, "[user]\n\tuseConfigOnly = true\n");
  process.env.GIT_CONFIG_GLOBAL = config;
  const { code, stderr } = await slipway(["init", "repo"], { cwd });
  expect(code).toBe(2);
  expect(stderr).toContain("Git does not know who you are");
  expect(stderr).toContain("git config --global user.name");
  expect(await readdir(cwd)).toEqual([]);
});
