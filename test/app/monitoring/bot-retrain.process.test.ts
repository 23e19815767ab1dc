import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openRetrainPull } from "../../../app/monitoring/open-retrain.ts";
import { runOneEvent } from "../../../app/one-event.ts";
import { canonicalJson, sha256 } from "../../../core/canonical.ts";
import { git } from "../../../core/git/run.ts";
import { type Sandbox, startSandbox } from "../../../tools/sandbox/start.ts";
import { modelFiles, specOf } from "../models-on-github.ts";

const ABOUT = { owner: "acme", repo: "models" };
const REPOSITORY = "acme/models";
const BRANCH = "slipway/retrain-penguins";
const LOCK = "models/penguins/data.lock.json";
const URI = "s3://rows/live.csv";

/** GitHub's words. */
const FORBIDDEN = "GitHub Actions is not permitted to create or approve pull requests.";

let sandbox: Sandbox;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "slipway-bot-retrain-"));
  sandbox = await startSandbox();
  sandbox.addUser("ada");
  const spec = specOf().replace("train: data/train.csv", `train: "${URI}"`);
  const files = { "slipway.yaml": "slipway: 1\n", ...modelFiles("penguins", spec), [LOCK]: lockOf("old") };
  await sandbox.addRepository({ ...ABOUT, name: "models", collaborators: { ada: "admin" }, files });
});

afterEach(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true });
});

const lockOf = (bytes: string) =>
  canonicalJson({ slipway: 1, files: [{ uri: URI, sha256: sha256(bytes), size: bytes.length }] });

function repository() {
  const found = sandbox.state.repositories.get(REPOSITORY);
  if (found === undefined) throw new Error("no repository");
  return found;
}

/** What a job's token may, as slipway-bot.yml grants it. */
function jobToken(): string {
  const token = `ghs_${"a".repeat(36)}`;
  sandbox.state.tokens.set(token, {
    kind: "installation",
    app: sandbox.state.actions,
    installation: undefined,
    permissions: { metadata: "read", contents: "read", issues: "write", pull_requests: "write" },
    repositories: new Set([repository()]),
    expiresAt: "2100-01-01T00:00:00Z",
  });
  return token;
}

/** One comment, whose run of the bot opens the retrain pull request; `stopAt` says where it is killed. */
async function ask(stopAt?: "open" | "forbidden") {
  const ada = sandbox.octokit("ada");
  const { data: issue } = await ada.rest.issues.create({ ...ABOUT, title: "Talk" });
  const { data: comment } = await ada.rest.issues.createComment({ ...ABOUT, issue_number: issue.number, body: "go" });
  const { data: shown } = await ada.rest.repos.get(ABOUT);
  const heads: string[] = [];
  await runOneEvent({
    event: "issue_comment",
    payload: { action: "created", issue, comment, repository: shown, sender: comment.user },
    ...{ token: jobToken(), deployKey: sandbox.addDeployKey(REPOSITORY, `bot-${issue.number}`).token },
    ...{ api: sandbox.url, server: sandbox.url, folder: await mkdtemp(join(folder, "job-")), delivery: "1-1" },
    ...{ again: false, tries: 1, log: pino({ level: "silent" }), signal: new AbortController().signal },
    routes: {
      "issue_comment.created": async (context) => {
        await context.refresh();
        context.octokit.hook.after("request", async (_, { method, url }) => {
          if (method === "POST" && url.endsWith("/pulls")) heads.push(await head());
        });
        context.octokit.hook.before("request", ({ method, url }) => {
          if (stopAt === undefined || method !== "POST" || !url.endsWith("/pulls")) return;
          throw stopAt === "open" ? new Error("killed") : Object.assign(new Error(FORBIDDEN), { status: 403 });
        });
        await openRetrainPull(context, {
          moved: {
            ...{ model: "penguins", from: sha256(lockOf("old")), to: sha256(lockOf("new")), content: lockOf("new") },
            changes: [`~ ${URI}`],
          },
          ...{ reason: { alarms: [] }, at: context.clock().toISOString(), delay: 0, asked: false },
        });
      },
    },
  });
  return heads.at(-1);
}

const head = async () => (await git(repository().folder, ["rev-parse", BRANCH])).toString().trim();
const shown = async (ref: string) => (await git(repository().folder, ["show", `${ref}:${LOCK}`])).toString();

test("the pull request is opened on a commit without pins, and the deploy key pushes them after: that push starts the run", async () => {
  const openedOn = (await ask()) ?? "";
  expect(await shown(openedOn)).toBe(lockOf("old"));
  expect(await shown(BRANCH)).toBe(lockOf("new"));
  const [pull] = [...repository().pulls.values()];
  expect(pull?.issue.user.login).toBe("github-actions[bot]");
  expect(pull?.head.sha).toBe(await head());
});

test("killed before the pull request was opened, the next run opens it on the same commit, and pushes the pins", async () => {
  await expect(ask("open")).rejects.toThrow("killed");
  const begun = await head();
  expect(await shown(BRANCH)).toBe(lockOf("old"));
  expect(await ask()).toBe(begun);
  expect(await shown(BRANCH)).toBe(lockOf("new"));
  expect(repository().pulls.size).toBe(1);
});

test("where GitHub lets no workflow open a pull request, it says which setting does, and the branch waits", async () => {
  await expect(ask("forbidden")).rejects.toMatchObject({
    code: "NOT_ALLOWED",
    problems: [{ hint: expect.stringContaining("allow GitHub Actions to create pull requests") }],
  });
  await ask();
  expect(repository().pulls.size).toBe(1);
});

test("once it is open, a second run pushes nothing", async () => {
  await ask();
  const before = await head();
  await ask();
  expect(await head()).toBe(before);
  expect(repository().pulls.size).toBe(1);
});
