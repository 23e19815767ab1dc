import { execFileSync } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type HostedApp, startHostedApp } from "../../helpers/hosted-app.ts";

let hosted: HostedApp;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "slipway-git-token-"));
  const real = execFileSync("sh", ["-c", "command -v git"]).toString().trim();
  const file = join(folder, "git");
  await writeFile(file, `#!/bin/sh\necho "$@" >> ${folder}/arguments\nexec ${real} "$@"\n`);
  await chmod(file, 0o755);
  vi.stubEnv("PATH", `${folder}${delimiter}${process.env["PATH"]}`);
  hosted = await startHostedApp({
    routes: {
      "issue_comment.created": async ({ refresh, experiments, app, clock }) => {
        await refresh();
        const author = { name: app.login, id: app.login };
        await experiments.write({ files: { "a.txt": "b" }, subject: "try", author, at: clock() });
      },
    },
  });
  const { sandbox, added } = hosted;
  sandbox.addUser("ada");
  const files = { "slipway.yaml": "slipway: 1\n" };
  for (const name of ["models", "others"]) {
    await sandbox.addRepository({ owner: "acme", name, private: true, collaborators: { ada: "write" }, files });
    await added.install(`acme/${name}`);
  }
  const ada = sandbox.octokit("ada");
  const about = { owner: "acme", repo: "models" };
  const { data: issue } = await ada.rest.issues.create({ ...about, title: "Talk" });
  await ada.rest.issues.createComment({ ...about, issue_number: issue.number, body: "hello" });
  await hosted.settled();
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await hosted.close();
  await rm(folder, { recursive: true });
});

test("Git gets a token for one repository and its contents, on no command line, on no disk and in no log", async () => {
  const written = await hosted.sandbox
    .octokit("ada")
    .rest.git.getRef({ owner: "acme", repo: "models", ref: "heads/experiments" });
  expect(written.status).toBe(200);
  const tokens = [...hosted.sandbox.state.tokens].filter(([, token]) => token.kind === "installation");
  const narrow = tokens.filter(([, token]) => token.kind === "installation" && token.repositories.size === 1);
  expect(narrow.map(([, token]) => token.kind === "installation" && token.permissions)).toEqual([
    { metadata: "read", contents: "write" },
  ]);
  const values = tokens.flatMap(([value]) => [value, Buffer.from(`x-access-token:${value}`).toString("base64")]);
  const commands = await readFile(join(folder, "arguments"), "utf8");
  expect(commands).toContain("push");
  const onDisk = execFileSync("grep", ["-r", "-a", "-c", "", hosted.config.SLIPWAY_STATE]).toString();
  expect(onDisk).toContain("config:");
  for (const value of values) {
    expect(commands).not.toContain(value);
    expect(hosted.log.join()).not.toContain(value);
    expect(() => execFileSync("grep", ["-r", "-a", "-q", value, hosted.config.SLIPWAY_STATE])).toThrow(
      "Command failed",
    );
  }
});
