import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import pino from "pino";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Routes } from "../../app/intake/routes.ts";
import { type OneEvent, runOneEvent } from "../../app/one-event.ts";
import { type Sandbox, startSandbox } from "../../tools/sandbox/start.ts";

const ABOUT = { owner: "acme", repo: "models" };
const REPOSITORY = "acme/models";

let sandbox: Sandbox;
let folder: string;
let deployKey: string;
let token: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "slipway-one-event-"));
  sandbox = await startSandbox();
  sandbox.addUser("ada");
  const files = { "slipway.yaml": "slipway: 1\n" };
  await sandbox.addRepository({ ...ABOUT, name: "models", collaborators: { ada: "admin" }, files });
  deployKey = sandbox.addDeployKey(REPOSITORY, "slipway-bot").token;
  // What a job's token may, as slipway-bot.yml grants it.
  const repository = sandbox.state.repositories.get(REPOSITORY);
  if (repository === undefined) throw new Error("no repository");
  token = `ghs_${"a".repeat(36)}`;
  sandbox.state.tokens.set(token, {
    kind: "installation",
    app: sandbox.state.actions,
    installation: undefined,
    permissions: { metadata: "read", contents: "read", issues: "write", deployments: "write", checks: "write" },
    repositories: new Set([repository]),
    expiresAt: "2100-01-01T00:00:00Z",
  });
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await sandbox.close();
  await rm(folder, { recursive: true });
});

async function comment(): Promise<unknown> {
  const ada = sandbox.octokit("ada");
  const { data: issue } = await ada.rest.issues.create({ ...ABOUT, title: "Talk" });
  const { data: comment } = await ada.rest.issues.createComment({
    ...ABOUT,
    issue_number: issue.number,
    body: "hello",
  });
  const { data: repository } = await ada.rest.repos.get(ABOUT);
  return { action: "created", issue, comment, repository, sender: comment.user };
}

async function run(routes: Routes, more: Partial<OneEvent> = {}) {
  return runOneEvent({
    event: "issue_comment",
    payload: await comment(),
    token,
    deployKey,
    api: sandbox.url,
    server: sandbox.url,
    folder,
    delivery: "1-1",
    again: false,
    log: pino({ level: "silent" }),
    signal: new AbortController().signal,
    routes,
    wait: async () => {},
    ...more,
  });
}

test("the handler has a host that comments as Actions and pushes with the deploy key", async () => {
  const seen: unknown[] = [];
  const { outcome } = await run({
    "issue_comment.created": async ({ app, ports, octokit, experiments, canReadTeams, clock }, { issue }) => {
      seen.push(ports.name, ports.identifiesUsers, canReadTeams);
      const author = { name: app.login, id: app.login };
      await experiments.write({ files: { "a.txt": "b" }, subject: "try", author, at: clock() });
      await octokit.rest.issues.createComment({ ...ABOUT, issue_number: issue.number, body: app.login });
    },
  });
  expect(outcome).toBe("handled");
  expect(seen).toEqual(["bot", true, false]);
  const repository = sandbox.state.repositories.get(REPOSITORY);
  const comments = [...(repository?.comments.values() ?? [])];
  expect(comments.map(({ user, body }) => `${user.login}: ${body}`)).toContain(
    "github-actions[bot]: github-actions[bot]",
  );
  const { data } = await sandbox.octokit("ada").rest.git.getRef({ ...ABOUT, ref: "heads/experiments" });
  expect(data.object.type).toBe("commit");
});

test("the token alone may not write what the deploy key may", async () => {
  const write: Routes = {
    "issue_comment.created": async ({ experiments, clock }) => {
      const author = { name: "a", id: "a" };
      await experiments.write({ files: { "a.txt": "b" }, subject: "try", author, at: clock() });
    },
  };
  await expect(run(write, { deployKey: token, tries: 1 })).rejects.toMatchObject({ code: "REMOTE_FAILED" });
});

test("deployments that were opened are named, once, for the job that carries them out", async () => {
  let attempts = 0;
  const { deployments } = await run({
    "issue_comment.created": async ({ octokit }) => {
      attempts += 1;
      if (attempts > 1) return;
      for (const environment of ["staging", "production"]) {
        await octokit.rest.repos.createDeployment({ ...ABOUT, ref: "main", environment, required_contexts: [] });
      }
      throw Object.assign(new Error("Bad Gateway"), { status: 502 });
    },
  });
  const { data } = await sandbox.octokit("ada").rest.repos.listDeployments(ABOUT);
  expect(deployments).toEqual(data.map(({ id }) => String(id)).reverse());
  expect(deployments).toHaveLength(2);
});

test("what fails for a while is tried again, and told that it is", async () => {
  const told: boolean[] = [];
  const failing: Routes = {
    "issue_comment.created": async ({ again }) => {
      told.push(again);
      throw Object.assign(new Error("Bad Gateway"), { status: 502 });
    },
  };
  await expect(run(failing, { tries: 3 })).rejects.toThrow("Bad Gateway");
  expect(told).toEqual([false, true, true]);
});

test("an event that no handler listens to is ignored, without asking GitHub anything", async () => {
  const before = sandbox.state.requests.length;
  const payload = { action: "created", repository: { id: 1 } };
  expect(await run({}, { payload })).toEqual({ outcome: "ignored", deployments: [] });
  expect(await run({ "star.created": async () => {} }, { event: "star", payload })).toMatchObject({
    outcome: "ignored",
  });
  expect(sandbox.state.requests.slice(before).filter(({ by }) => by.includes("bot"))).toEqual([]);
});

const KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nbm90IGEga2V5\n-----END OPENSSH PRIVATE KEY-----\n";

test("an SSH key is what ssh is started with, for the server whose host key is known", async () => {
  // What ssh does on the other side, without the way there: Git speaks its protocol with this.
  const bin = join(folder, "bin");
  await mkdir(bin);
  const git = sandbox.state.repositories.get(REPOSITORY)?.folder ?? "";
  const ssh = `#!/bin/sh\necho "$@" >> ${folder}/arguments\nwhile [ $# -gt 1 ]; do shift; done\nexec sh -c "$(echo "$1" | sed "s#'/acme/models.git'#${git}#")"\n`;
  await writeFile(join(bin, "ssh"), ssh);
  await chmod(join(bin, "ssh"), 0o755);
  vi.stubEnv("PATH", `${bin}${delimiter}${process.env["PATH"]}`);
  const read: Routes = {
    "issue_comment.created": async ({ ports }) => {
      expect(await ports.objects.read("refs/remotes/origin/main:slipway.yaml")).toBeDefined();
    },
  };
  const knownHosts = "127.0.0.1 ssh-ed25519 AAAA";
  expect(await run(read, { deployKey: KEY, knownHosts, tries: 1 })).toMatchObject({ outcome: "handled" });
  const given = await readFile(join(folder, "arguments"), "utf8");
  expect(given).toContain("-o StrictHostKeyChecking=yes");
  expect(given).toContain("git@127.0.0.1");
  expect(given).not.toContain("BEGIN");
  expect(await readFile(join(folder, "known-hosts"), "utf8")).toBe(`${knownHosts}\n`);
});

test("an SSH key is not shown to a server whose host key nobody named", async () => {
  await expect(run({ "issue_comment.created": async () => {} }, { deployKey: KEY })).rejects.toMatchObject({
    code: "USAGE",
    problems: [{ expected: expect.stringContaining("known-hosts") }],
  });
});
