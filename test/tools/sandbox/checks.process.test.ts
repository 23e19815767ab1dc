import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import { expect, it } from "vitest";
import { openPull, openWorld, refusal, type World } from "./world.ts";

async function withCheck(fields: Record<string, unknown> = {}) {
  const world = await openWorld();
  const opened = await openPull(world);
  const { data: check } = await create(world, { head_sha: opened.head, ...fields });
  return { ...world, ...opened, check: { ...check, id: Number(check.id) } };
}

const create = (world: Pick<World, "asInstallation" | "at">, fields: Record<string, unknown>) =>
  world.asInstallation.request("POST /repos/{owner}/{repo}/check-runs", {
    ...world.at,
    name: "robot",
    ...fields,
  } as never);

async function otherApp({ sandbox }: World) {
  const permissions = { checks: "write" } as const;
  const app = await sandbox.addApp({ slug: "impostor", permissions, events: [] });
  const installationId = await app.install("acme/models");
  const auth = { appId: app.id, privateKey: app.privateKey, installationId };
  return new Octokit({ authStrategy: createAppAuth, auth, baseUrl: sandbox.url });
}

it("creates a check on a commit, and brings it to its end", async () => {
  const { check, asInstallation, at, head, ada, number } = await withCheck({
    status: "in_progress",
    external_id: "pr:1",
  });
  expect(check).toMatchObject({ status: "in_progress", conclusion: null, external_id: "pr:1", head_sha: head });
  expect(check.pull_requests.map((one) => one.number)).toEqual([number]);
  const output = { title: "Good", summary: "All good", text: "Really" };
  await asInstallation.rest.checks.update({ ...at, check_run_id: check.id, conclusion: "success", output });
  const { data } = await ada.rest.checks.get({ ...at, check_run_id: check.id });
  expect(data).toMatchObject({ status: "completed", conclusion: "success", output: { title: "Good", text: "Really" } });
});

it("adds annotations to those that are there", async () => {
  const note = {
    path: "models/a.txt",
    start_line: 1,
    end_line: 1,
    annotation_level: "failure",
    message: "No",
  } as const;
  const output = { title: "Bad", summary: "Bad", annotations: [note] };
  const { check, asInstallation, at, ada } = await withCheck({ output });
  const more = { ...output, annotations: [{ ...note, title: "Second" }] };
  await asInstallation.rest.checks.update({ ...at, check_run_id: check.id, output: more });
  const { data } = await ada.rest.checks.listAnnotations({ ...at, check_run_id: check.id });
  expect(data.map(({ title, path }) => [title, path])).toEqual([
    [null, "models/a.txt"],
    ["Second", "models/a.txt"],
  ]);
});

/** Refusals change nothing. */
const shared = openWorld({ keep: true }).then(async (world) => ({ world, head: (await openPull(world)).head }));

const note = { path: "a", start_line: 1, end_line: 1, annotation_level: "notice", message: "m" };
const button = { label: "Approve", description: "Says yes", identifier: "approve" };

it.each([
  ["a summary of 65,536 characters", { output: { title: "t", summary: "x".repeat(65_536) } }],
  ["a text of 65,536 characters", { output: { title: "t", summary: "s", text: "x".repeat(65_536) } }],
  ["51 annotations", { output: { title: "t", summary: "s", annotations: Array.from({ length: 51 }, () => note) } }],
  ["four buttons", { actions: [button, button, button, button] }],
  ["a label of 21 characters", { actions: [{ ...button, label: "x".repeat(21) }] }],
  ["a description of 41 characters", { actions: [{ ...button, description: "x".repeat(41) }] }],
  ["an identifier of 21 characters", { actions: [{ ...button, identifier: "x".repeat(21) }] }],
  ["an end without a conclusion", { status: "completed" }],
  ["a commit that is not there", { head_sha: "0".repeat(40) }],
])("refuses %s", async (_what, fields) => {
  const { world, head } = await shared;
  expect(await refusal(create(world, { head_sha: head, ...fields }))).toMatchObject({ status: 422 });
});

it("takes what is just inside GitHub's limits", async () => {
  const annotations = Array.from({ length: 50 }, () => note);
  const output = { title: "t", summary: "x".repeat(65_535), text: "x".repeat(65_535), annotations };
  const full = { label: "x".repeat(20), description: "x".repeat(40), identifier: "x".repeat(20) };
  const { check } = await withCheck({ output, actions: [full, full, full] });
  expect(check.output.annotations_count).toBe(50);
});

it("lets no person create a check, and no other App change one", async () => {
  const world = await openWorld();
  const { head, ada } = await openPull(world);
  const { data } = await create(world, { head_sha: head });
  const check = { id: Number(data.id) };
  const mine = { ...world.at, name: "robot", head_sha: head };
  expect(await refusal(ada.rest.checks.create(mine))).toMatchObject({ status: 403 });
  const impostor = await otherApp(world);
  const change = impostor.rest.checks.update({ ...world.at, check_run_id: check.id, conclusion: "success" });
  expect(await refusal(change)).toMatchObject({ status: 403, message: expect.stringContaining("Invalid app_id") });
});

it("tells checks of one name apart by their App, and lists the newest of a name", async () => {
  const world = await openWorld();
  const { head, ada } = await openPull(world);
  await create(world, { head_sha: head, conclusion: "failure" });
  const { data: newer } = await create(world, { head_sha: head, conclusion: "success" });
  const impostor = await otherApp(world);
  await impostor.rest.checks.create({ ...world.at, name: "robot", head_sha: head, conclusion: "neutral" });
  const list = async (more: object) =>
    (await ada.rest.checks.listForRef({ ...world.at, ref: "change", check_name: "robot", ...more })).data;
  expect((await list({})).check_runs.map(({ conclusion }) => conclusion)).toEqual(["neutral", "success"]);
  expect((await list({ app_id: world.app.id })).check_runs.map(({ id }) => id)).toEqual([newer.id]);
  expect((await list({ filter: "all" })).total_count).toBe(3);
  const { data: suites } = await ada.rest.checks.listSuitesForRef({ ...world.at, ref: head });
  expect(suites.check_suites.map(({ app }) => app?.slug).sort()).toEqual(["impostor", "robot"]);
});

it("hands a rerun and a pressed button to the App that made the check, and to no other", async () => {
  const { sandbox, check, received, at, ada } = await withCheck({ conclusion: "failure", actions: [button] });
  await ada.rest.checks.rerequestRun({ ...at, check_run_id: check.id });
  sandbox.pressButton("ada", "acme/models", check.id, "approve");
  await ada.rest.checks.rerequestSuite({ ...at, check_suite_id: check.check_suite?.id ?? 0 });
  expect(() => sandbox.pressButton("eve", "acme/models", check.id, "approve")).toThrow();
  expect(() => sandbox.pressButton("ada", "acme/models", check.id, "other")).toThrow();
  await sandbox.idle();
  const told = received
    .filter(({ event }) => event.startsWith("check_"))
    .map(({ event, payload }) => `${event}.${payload.action}`);
  expect(told.slice(-3)).toEqual(["check_run.rerequested", "check_run.requested_action", "check_suite.rerequested"]);
  const pressed = received.find(({ payload }) => payload.action === "requested_action")?.payload;
  expect(pressed).toMatchObject({ requested_action: { identifier: "approve" }, sender: { login: "ada" } });
});
