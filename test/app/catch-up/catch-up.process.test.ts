import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Routes } from "../../../app/intake/routes.ts";
import { git } from "../../../core/git/run.ts";
import { WORKFLOWS } from "../../../core/github.ts";
import { type HostedApp, startHostedApp } from "../../helpers/hosted-app.ts";

const PUSHED = WORKFLOWS.register.path;
const ABOUT = { owner: "acme", repo: "models" };
const REPOSITORY = "acme/models";

let hosted: HostedApp;
let folder: string;
let handled: string[];
let failing: boolean;
/** Milliseconds that GitHub's clock is ahead of this machine's. */
let ahead: number;

/** Each notes what it was given; a command is replied to, as the App's own handler does. */
const routes: Routes = {
  "pull_request.opened": async (_, { pull_request: pull }) => void handled.push(`opened #${pull.number}`),
  "pull_request.synchronize": async ({ again }, { number, pull_request: pull, repository, sender }) => {
    handled.push(`pushed #${number} ${pull.head.ref} ${repository.full_name} ${sender.login} ${again}`);
  },
  "workflow_run.completed": async (_, { workflow_run: run }) => {
    handled.push(`run ${run.event} ${run.conclusion} ${run.path}`);
  },
  "check_run.requested_action": async ({ delivery }, { requested_action: action }) => {
    handled.push(`button ${action?.identifier} ${delivery}`);
  },
  "issue_comment.created": async ({ octokit }, { comment, issue }) => {
    if (comment.user?.type === "Bot") return;
    if (failing) throw new Error("poison");
    handled.push(`#${issue.number} ${comment.user?.login}: ${comment.body} ${comment.updated_at > comment.created_at}`);
    const body = `<!-- slipway:reply ${comment.id} -->\nDone.`;
    await octokit.rest.issues.createComment({ ...ABOUT, issue_number: issue.number, body });
  },
};

beforeEach(async () => {
  handled = [];
  failing = false;
  ahead = 0;
  folder = await mkdtemp(join(tmpdir(), "slipway-catch-up-"));
  hosted = await startHostedApp({
    routes,
    config: { SLIPWAY_TRIES: 1 },
    sandbox: { clock: () => new Date(Date.now() + ahead) },
  });
  const { sandbox, added } = hosted;
  sandbox.addUser("ada");
  const files = { "slipway.yaml": "slipway: 1\n" };
  await sandbox.addRepository({ owner: "acme", name: "models", collaborators: { ada: "admin" }, files });
  await added.install(REPOSITORY);
  await hosted.settled();
});

afterEach(async () => {
  await hosted.close();
  await rm(folder, { recursive: true });
});

const ada = () => hosted.sandbox.octokit("ada");

async function openPull(branch: string): Promise<number> {
  await git(folder, ["clone", "-q", hosted.sandbox.gitUrl("ada", REPOSITORY), branch]);
  const clone = join(folder, branch);
  await git(clone, ["checkout", "-q", "-b", branch]);
  await writeFile(join(clone, `${branch}.txt`), branch);
  await git(clone, ["add", "-A"]);
  await git(clone, ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "-q", "-m", branch]);
  await git(clone, ["push", "-q", "origin", branch]);
  const { data } = await ada().rest.pulls.create({ ...ABOUT, title: branch, head: branch, base: "main" });
  return data.number;
}

async function say(issue: number, body: string): Promise<number> {
  return (await ada().rest.issues.createComment({ ...ABOUT, issue_number: issue, body })).data.id;
}

async function addRun(event = "push") {
  await hosted.sandbox.addFinishedRun(REPOSITORY, { path: PUSHED, event });
}

/** GitHub has nowhere to send webhooks to; the next App tells it. */
async function stop() {
  const app = hosted.sandbox.state.apps.get(hosted.added.id);
  if (app) app.webhook = undefined;
  await hosted.app.close();
}

async function catchUp() {
  await hosted.app.catchUp();
  await hosted.settled();
}

test("what happened while the App was down is handled at its next start, as if it had just come", async () => {
  await stop();
  const pull = await openPull("better");
  await addRun();
  await say(pull, "/status");
  await hosted.restart();
  await hosted.settled();
  expect(handled).toEqual([
    `pushed #${pull} better acme/models ada true`,
    `run push success ${PUSHED}`,
    `#${pull} ada: /status false`,
  ]);
});

test("webhooks that were lost on the way are made up for by the next catch-up", async () => {
  hosted.sandbox.faults.deliveries({ kind: "lost", times: 100 });
  const pull = await openPull("better");
  await addRun();
  await say(pull, "/promote production");
  await hosted.settled();
  expect(handled).toEqual([]);
  await catchUp();
  expect(handled).toHaveLength(3);
});

test("a delivery that nobody answered is asked for again, once", async () => {
  hosted.sandbox.faults.deliveries({ kind: "dropped", event: "workflow_run", times: 1 });
  hosted.sandbox.faults.deliveries({ kind: "lost", event: "workflow_run", times: 2 });
  await addRun();
  await hosted.settled();
  const attempts = () => hosted.sandbox.state.apps.get(hosted.added.id)?.deliveries.filter((each) => each.redelivery);
  await catchUp();
  expect(attempts()).toMatchObject([{ event: "workflow_run", action: "requested", statusCode: 202 }]);
  await hosted.restart();
  await hosted.settled();
  expect(attempts()).toHaveLength(1);
});

test("a button that the last App was told of is asked for again by the next one, once", async () => {
  const pull = await openPull("better");
  const [head] = (await ada().rest.pulls.listCommits({ ...ABOUT, pull_number: pull })).data;
  const { id: appId, privateKey, install } = hosted.added;
  const auth = { appId, privateKey, installationId: await install(REPOSITORY) };
  const octokit = new Octokit({ authStrategy: createAppAuth, auth, baseUrl: hosted.sandbox.url });
  const actions = [{ label: "Run again", description: "Runs it again", identifier: "retry" }];
  const check = { ...ABOUT, name: "Slipway", head_sha: head?.sha ?? "", conclusion: "failure", actions } as const;
  const { data } = await octokit.rest.checks.create(check);
  hosted.sandbox.pressButton("ada", REPOSITORY, data.id, "retry");
  await hosted.settled();
  await hosted.restart();
  await hosted.settled();
  const pressed = handled.filter((each) => each.startsWith("button"));
  expect(pressed).toHaveLength(2);
  expect(new Set(pressed).size).toBe(1);
  await catchUp();
  expect(handled.filter((each) => each.startsWith("button"))).toHaveLength(2);
});

test("what was handled is not handled again, by this App or by the next one that finds the traces", async () => {
  const pull = await openPull("better");
  await say(pull, "/status");
  await hosted.settled();
  expect(handled).toEqual([`opened #${pull}`, `#${pull} ada: /status false`]);
  await catchUp();
  await catchUp();
  expect(handled).toHaveLength(2);
  await hosted.restart();
  await hosted.settled();
  // The head has no check of ours, since these handlers wrote none: it is looked at again, the comment is not.
  expect(handled.slice(2)).toEqual([`pushed #${pull} better acme/models ada true`]);
});

test("of a commit's runs the last one counts, and of pull requests' runs those on a head", async () => {
  await stop();
  const number = await openPull("better");
  const pull = hosted.sandbox.state.repositories.get(REPOSITORY)?.pulls.get(number);
  if (pull === undefined) throw new Error("no pull request");
  const run = { path: WORKFLOWS.pulls.path, event: "pull_request", pull };
  await hosted.sandbox.addFinishedRun(REPOSITORY, { ...run, conclusion: "failure" });
  await hosted.sandbox.addFinishedRun(REPOSITORY, run);
  const main = (await ada().rest.git.getRef({ ...ABOUT, ref: "heads/main" })).data.object.sha;
  await hosted.sandbox.addFinishedRun(REPOSITORY, { ...run, headSha: main });
  await hosted.restart();
  await hosted.settled();
  expect(handled.slice(1)).toEqual([`run pull_request success ${WORKFLOWS.pulls.path}`]);
});

test("of the default branch's runs each counts, the oldest first", async () => {
  await stop();
  const run = { path: PUSHED, event: "push" };
  for (const conclusion of ["failure", "success"] as const)
    await hosted.sandbox.addFinishedRun(REPOSITORY, { ...run, conclusion });
  await hosted.restart();
  await hosted.settled();
  expect(handled).toEqual([`run push failure ${PUSHED}`, `run push success ${PUSHED}`]);
});

test("a comment that only looks like a command, and one of a bot, are left alone", async () => {
  await stop();
  const pull = await openPull("better");
  for (const body of ["see /usr/bin", "```\n/promote production\n```", "> /promote production", "hello"])
    await say(pull, body);
  await hosted.restart();
  await hosted.settled();
  expect(handled).toEqual([`pushed #${pull} better acme/models ada true`]);
});

test("a comment is taken as GitHub has it now, so that an edited one is known as such", async () => {
  await stop();
  const pull = await openPull("better");
  const id = await say(pull, "hello");
  // GitHub's times are whole seconds.
  ahead = 1_000;
  await ada().rest.issues.updateComment({ ...ABOUT, comment_id: id, body: "/promote production" });
  await hosted.restart();
  await hosted.settled();
  expect(handled).toContain(`#${pull} ada: /promote production true`);
});

test("somebody else's marker does not make a comment answered", async () => {
  await stop();
  const pull = await openPull("better");
  const id = await say(pull, "/status");
  await say(pull, `<!-- slipway:reply ${id} -->`);
  await hosted.restart();
  await hosted.settled();
  expect(handled).toContain(`#${pull} ada: /status false`);
});

test("a delivery that was given up is tried once more, and then left", async () => {
  const pull = await openPull("better");
  failing = true;
  await say(pull, "/status");
  await hosted.settled();
  const given = () => hosted.log.filter((line) => line.includes("delivery given up")).length;
  expect(given()).toBe(1);
  await catchUp();
  await catchUp();
  expect(given()).toBe(2);
});

test("a repository that the App is added to is caught up with at once", async () => {
  const files = { "slipway.yaml": "slipway: 1\n" };
  await hosted.sandbox.addRepository({ owner: "acme", name: "more", collaborators: { ada: "admin" }, files });
  const { data } = await ada().rest.issues.create({ owner: "acme", repo: "more", title: "Talk" });
  await ada().rest.issues.createComment({ owner: "acme", repo: "more", issue_number: data.number, body: "/help" });
  await hosted.added.install("acme/more");
  await hosted.settled();
  expect(handled).toEqual([`#${data.number} ada: /help false`]);
});

test("who asks while one waits to begin is answered by it", async () => {
  const { requests } = hosted.sandbox.state;
  const runs = () => requests.filter(({ path }) => path.startsWith("/app/hook/deliveries")).length;
  const before = runs();
  await Promise.all(Array.from({ length: 5 }, () => hosted.app.catchUp()));
  // What failed, and what arrived last.
  expect(runs()).toBe(before + 2);
  await hosted.app.catchUp();
  expect(runs()).toBe(before + 4);
});

test("lists that have not changed cost no call of the rate limit", async () => {
  await openPull("better");
  await hosted.settled();
  await catchUp();
  const unchanged = async () => {
    const text = await (await fetch(`${hosted.app.url}/metrics`)).text();
    return Number(/slipway_github_calls_total\{method="GET",status="304"\} (\d+)/.exec(text)?.[1] ?? 0);
  };
  const { requests } = hosted.sandbox.state;
  const before = { unchanged: await unchanged(), requests: requests.length };
  await catchUp();
  expect(requests.slice(before.requests).map(({ path }) => path.split("?")[0])).toEqual([
    "/app/hook/deliveries",
    "/app/hook/deliveries",
    "/app/installations",
    "/installation/repositories",
    "/repos/acme/models/pulls",
    "/repos/acme/models/actions/workflows/slipway.yml/runs",
    "/repos/acme/models/actions/workflows/slipway-register.yml/runs",
    "/repos/acme/models/actions/workflows/slipway-score.yml/runs",
    "/repos/acme/models/actions/workflows/slipway-compare.yml/runs",
    "/repos/acme/models/actions/workflows/slipway-monitor.yml/runs",
    "/repos/acme/models/issues/comments",
    "/repos/acme/models/rules/branches/registry",
  ]);
  expect((await unchanged()) - before.unchanged).toBe(8);
});

test("a repository whose registry anybody may write is told of in the log, by number alone on the page", async () => {
  const said = () => hosted.log.filter((line) => line.includes("not the App's alone"));
  expect(said()).toHaveLength(1);
  expect(JSON.parse(said()[0] ?? "")).toMatchObject({
    repository: REPOSITORY,
    lacks: "creation, update, deletion, non_fast_forward",
    hint: expect.stringContaining("slipway init --github"),
  });
  const page = await fetch(`${hosted.app.url}/readyz`);
  const text = await page.text();
  expect(JSON.parse(text)).toMatchObject({ ready: true, repositories_without_rulesets: 1 });
  expect(text).not.toContain("acme");
  await ada().request("POST /repos/{owner}/{repo}/rulesets", {
    ...ABOUT,
    name: "registry",
    enforcement: "active",
    conditions: { ref_name: { include: ["refs/heads/registry"], exclude: [] } },
    rules: (["creation", "update", "deletion", "non_fast_forward"] as const).map((type) => ({ type })),
  });
  await catchUp();
  expect(await (await fetch(`${hosted.app.url}/readyz`)).json()).toMatchObject({ repositories_without_rulesets: 0 });
});

test("GitHub's failure in the middle is logged, and the next catch-up goes on", async () => {
  hosted.sandbox.faults.deliveries({ kind: "lost", times: 100 });
  const pull = await openPull("better");
  await say(pull, "/status");
  await hosted.settled();
  hosted.sandbox.faults.api({ kind: "fail", status: 502, path: /issues\/comments/, method: "GET" });
  await catchUp();
  expect(handled).toEqual([`pushed #${pull} better acme/models ada true`]);
  expect(hosted.log.join()).toContain("a repository cannot be caught up with");
  await catchUp();
  expect(handled).toContain(`#${pull} ada: /status false`);
});
