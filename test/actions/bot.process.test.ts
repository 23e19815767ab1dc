import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { run } from "../../actions/bot/run.ts";
import type { ActionPorts, JobContext } from "../../actions/job/ports.ts";
import type { Routes } from "../../app/intake/routes.ts";
import { type Sandbox, startSandbox } from "../../tools/sandbox/start.ts";
import { startConversation } from "../app/commands/conversation.ts";
import { contextOf } from "./ports.ts";

const ABOUT = { owner: "acme", repo: "models" };
const TOKEN = `ghs_${"t".repeat(36)}`;

let sandbox: Sandbox;
let folder: string;
let deployKey: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "slipway-bot-test-"));
  sandbox = await startSandbox();
  sandbox.addUser("ada");
  const files = { "slipway.yaml": "slipway: 1\n" };
  await sandbox.addRepository({ ...ABOUT, name: "models", collaborators: { ada: "write" }, files });
  deployKey = grant();
});

/** What slipway-bot.yml has: a job's token with its permissions, and a deploy key. */
function grant(): string {
  const repository = sandbox.state.repositories.get("acme/models");
  if (repository === undefined) throw new Error("no repository");
  sandbox.state.tokens.set(TOKEN, {
    kind: "installation",
    app: sandbox.state.actions,
    installation: undefined,
    permissions: {
      metadata: "read",
      actions: "write",
      checks: "write",
      contents: "read",
      deployments: "write",
      issues: "write",
      pull_requests: "write",
    },
    repositories: new Set([repository]),
    expiresAt: "2100-01-01T00:00:00Z",
  });
  return sandbox.addDeployKey("acme/models", "slipway-bot").token;
}

afterEach(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true });
});

/** A runner that somebody's comment has started a job on. */
async function runner(body: string, about: Partial<JobContext> = {}, inputs: Record<string, string> = {}) {
  const ada = sandbox.octokit("ada");
  const { data: issue } = await ada.rest.issues.create({ ...ABOUT, title: "Talk" });
  const { data: comment } = await ada.rest.issues.createComment({ ...ABOUT, issue_number: issue.number, body });
  const { data: repository } = await ada.rest.repos.get(ABOUT);
  const outputs: Record<string, string> = {};
  const lines: string[] = [];
  const masked: string[] = [];
  const given: Record<string, string> = { token: TOKEN, "deploy-key": deployKey, ...inputs };
  const ports: ActionPorts = {
    input: (name) => given[name] ?? "",
    output: (name, value) => void Object.assign(outputs, { [name]: value }),
    summary: async () => {},
    annotate: () => {},
    log: (line) => void lines.push(line),
    mask: (secret) => void masked.push(secret),
    artifacts: { upload: () => Promise.reject(new Error("none")), download: () => Promise.reject(new Error("none")) },
    idToken: () => Promise.reject(new Error("none")),
    context: {
      ...contextOf({ name: "issue_comment" }, sandbox.url),
      payload: JSON.parse(JSON.stringify({ action: "created", issue, comment, repository, sender: comment.user })),
      ...about,
    },
    env: { RUNNER_TEMP: folder },
    signal: new AbortController().signal,
  };
  const replies = () =>
    [...(sandbox.state.repositories.get("acme/models")?.comments.values() ?? [])]
      .filter(({ user }) => user.login === "github-actions[bot]")
      .map(({ body }) => body);
  return { ports, outputs, lines, masked, replies };
}

test("a command in a comment is answered as the App would answer it", async () => {
  const { ports, outputs, replies } = await runner("/help");
  expect(await run(ports)).toEqual({ outcome: "succeeded" });
  expect(outputs).toEqual({ outcome: "handled", deployments: "[]" });
  expect(replies()).toEqual([expect.stringContaining("/promote")]);
});

test("a clock leads to a look at rollouts, and to no comment", async () => {
  const { data: repository } = await sandbox.octokit("ada").rest.repos.get(ABOUT);
  const payload = JSON.parse(JSON.stringify({ schedule: "*/15 * * * *", repository }));
  const { ports, outputs, replies } = await runner("hello", { eventName: "schedule", payload });
  expect(await run(ports)).toEqual({ outcome: "succeeded" });
  expect([outputs["outcome"], replies()]).toEqual(["handled", []]);
});

test("a clock that says nothing of the repository is asked for it", async () => {
  const { ports, outputs } = await runner("hello", { eventName: "schedule", payload: { schedule: "17 4 * * *" } });
  ports.env["GITHUB_REPOSITORY"] = "acme/models";
  expect(await run(ports)).toEqual({ outcome: "succeeded" });
  expect(outputs["outcome"]).toBe("handled");
});

test("a role that names a team is refused with the reason: a workflow's token sees no teams", async () => {
  const talk = await startConversation({ policy: "roles: { promote: { teams: [shippers] } }\n" });
  try {
    await talk.registered("first", 60);
    await talk.hosted.app.close();
    await sandbox.close();
    sandbox = talk.hosted.sandbox;
    deployKey = grant();
    const { ports, replies } = await runner("/promote penguins production");
    await run(ports);
    expect(replies()).toEqual([expect.stringContaining("TEAMS_UNKNOWN")]);
    expect(await talk.git("ls-tree", "-r", "--name-only", "registry")).not.toContain("promotions/");
  } finally {
    await talk.end();
  }
});

test("token and key are masked, in no line of the log, and on the disk no longer than the job", async () => {
  const routes: Routes = {
    "issue_comment.created": async ({ log }) => {
      log.error({ err: new Error(`push with ${deployKey} and ${TOKEN}`) }, "::error::smuggled");
    },
  };
  const { ports, lines, masked } = await runner("hello");
  await run(ports, routes);
  expect(new Set(masked)).toEqual(new Set([TOKEN, deployKey]));
  expect(lines.join("\n")).toContain("smuggled");
  expect(lines.join("\n")).not.toContain(TOKEN);
  expect(lines.join("\n")).not.toContain(deployKey);
  expect(lines.filter((line) => line.startsWith("::"))).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
});

/** A run of the bot's workflow that ended before this one begins. */
const botRan = (conclusion: "success" | "cancelled") =>
  sandbox.addFinishedRun("acme/models", {
    path: ".github/workflows/slipway-bot.yml",
    name: "Slipway bot",
    event: "issue_comment",
    conclusion,
  });
const LATEST = { runId: Number.MAX_SAFE_INTEGER };

test("a command whose own run GitHub has dropped is answered by the next, once", async () => {
  const dropped = await runner("/help");
  await botRan("cancelled");
  const next = await runner("thanks", LATEST);
  await run(next.ports);
  expect(dropped.replies()).toEqual([expect.stringContaining("/promote")]);
  await run((await runner("thanks again", LATEST)).ports);
  expect(dropped.replies()).toHaveLength(1);
});

test("what was dropped before a run that did its work is not looked for", async () => {
  await runner("/help");
  await botRan("cancelled");
  await botRan("success");
  const next = await runner("thanks", LATEST);
  await run(next.ports);
  expect(next.replies()).toEqual([]);
});

test("deployments are handed on for the caller's job", async () => {
  const routes: Routes = {
    "issue_comment.created": async ({ octokit }) => {
      await octokit.rest.repos.createDeployment({
        ...ABOUT,
        ref: "main",
        environment: "production",
        required_contexts: [],
      });
    },
  };
  const { ports, outputs } = await runner("hello");
  await run(ports, routes);
  const { data } = await sandbox.octokit("ada").rest.repos.listDeployments(ABOUT);
  expect(JSON.parse(outputs["deployments"] ?? "")).toEqual(data.map(({ id }) => String(id)));
});

test.each([
  ["a pull request's workflow", { eventName: "pull_request", ref: "refs/pull/1/merge" }],
  ["pull_request_target", { eventName: "pull_request_target" }],
  ["a workflow of another branch", { eventName: "push", ref: "refs/heads/mine" }],
  ["a tag's workflow", { eventName: "push", ref: "refs/tags/main" }],
  ["a workflow that anybody starts", { eventName: "workflow_dispatch" }],
])("%s does not get to use the key", async (_, about) => {
  const { ports, replies } = await runner("/help", about);
  await expect(run(ports)).rejects.toMatchObject({ code: "UNSUPPORTED" });
  expect(replies()).toEqual([]);
});

test("without a key it says how to make one", async () => {
  const { ports } = await runner("/help", {}, { "deploy-key": "" });
  await expect(run(ports)).rejects.toMatchObject({
    code: "USAGE",
    problems: [{ hint: expect.stringContaining("--bot") }],
  });
});
