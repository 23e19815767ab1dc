import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
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

describe("where Git makes no commit, init says what Git said and goes on when it is run again:", () => {
  it.each([
    [
      "a signature without a key",
      "[commit]\n\tgpgSign = true\n[user]\n\tsigningKey = none\n[gpg]\n\tprogram = false\n",
      /gpg/,
    ],
    ["a hook that fails", "[core]\n\thooksPath = HOOKS\n", /no commits on Saturdays/],
    ["a template with such a hook", "[init]\n\ttemplateDir = TEMPLATE\n", /no commits on Saturdays/],
  ])("%s", async (_, setting, words) => {
    const [cwd, own] = [await temporaryFolder(), await temporaryFolder()];
    const [config, template] = [path.join(own, "gitconfig"), path.join(own, "template")];
    const hooks = path.join(template, "hooks");
    await mkdir(hooks, { recursive: true });
    await writeFile(path.join(hooks, "pre-commit"), "#!/bin/sh\necho no commits on Saturdays >&2\nexit 1\n", {
      mode: 0o755,
    });
    const who = "[user]\n\tname = Ada\n\temail = ada@example.org\n";
    await writeFile(config, who + setting.replace("HOOKS", hooks).replace("TEMPLATE", template));
    process.env.GIT_CONFIG_GLOBAL = config;
    const refused = await slipway(["init", "repo"], { cwd });
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringMatching(words) });
    expect(refused.stderr).toContain("the files are there, and staged");
    expect(refused.stderr).not.toContain("bug:");
    await writeFile(config, who);
    await rm(path.join(cwd, "repo", ".git", "hooks"), { recursive: true, force: true });
    const again = await slipway(["init", "repo"], { cwd });
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining("committed as") });
  });
});
