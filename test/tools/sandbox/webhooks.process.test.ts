import { createHmac } from "node:crypto";
import { expect, it } from "vitest";
import { until } from "../../helpers/app-process.ts";
import { gate } from "../../helpers/gate.ts";
import { openPull, openWorld, type World } from "./world.ts";

const spoken = (world: World, event: string) =>
  world.received.filter((one) => one.event === event).map(({ payload }) => payload);
const comment = (world: World, issue_number: number, body: string) =>
  world.sandbox.octokit("ada").rest.issues.createComment({ ...world.at, issue_number, body });

it("signs each webhook with the App's secret, and says what it is", async () => {
  const world = await openWorld();
  await openPull(world);
  await world.sandbox.idle();
  const { headers, body, payload } = world.received.at(-1) ?? {};
  const signature = createHmac("sha256", "hush")
    .update(body ?? "")
    .digest("hex");
  expect(headers).toMatchObject({
    "x-hub-signature-256": `sha256=${signature}`,
    "x-github-event": "pull_request",
    "x-github-hook-installation-target-id": String(world.app.id),
    "content-type": "application/json",
    connection: "close",
  });
  expect(payload).toMatchObject({ installation: { id: world.installation }, organization: { login: "acme" } });
});

it("tells of a push: what moved, by which commits, and which files they changed", async () => {
  const world = await openWorld();
  const clone = await world.clone("ada");
  const before = (await clone.git("rev-parse", "HEAD")).trim();
  await clone.commit({ "new.txt": "1" }, "One");
  const after = await clone.commit({ "models/a.txt": "2" }, "Two");
  await clone.git("push", "-q", "origin", "HEAD:main");
  await world.sandbox.idle();
  const [push] = spoken(world, "push");
  expect(push).toMatchObject({
    ref: "refs/heads/main",
    before,
    after,
    created: false,
    forced: false,
    pusher: { name: "ada" },
  });
  expect(push.commits.map((one: Record<string, unknown>) => [one["message"], one["added"], one["modified"]])).toEqual([
    ["One", ["new.txt"], []],
    ["Two", [], ["models/a.txt"]],
  ]);
  expect(spoken(world, "check_suite").map(({ check_suite }) => check_suite.head_sha)).toEqual([after]);
});

it("says that a branch was made, forced and deleted; and stays silent on more than three tags at once", async () => {
  const world = await openWorld();
  const clone = await world.clone("ada");
  await clone.git("push", "-q", "origin", "HEAD:refs/heads/new");
  await clone.git("checkout", "-q", "--orphan", "other");
  await clone.commit({ a: "1" });
  await clone.git("push", "-q", "-f", "origin", "HEAD:refs/heads/new");
  await clone.git("push", "-q", "origin", ":refs/heads/new");
  for (const tag of ["t1", "t2", "t3", "t4"]) await clone.git("tag", tag);
  await clone.git("push", "-q", "origin", "t1", "t2", "t3", "t4");
  await world.sandbox.idle();
  expect(spoken(world, "push").map(({ created, forced, deleted }) => [created, forced, deleted])).toEqual([
    [true, false, false],
    [false, true, false],
    [false, false, true],
  ]);
});

it("tells an App nothing that it has not subscribed to, and nothing of other repositories", async () => {
  const world = await openWorld();
  const { number } = await openPull(world);
  const app = world.sandbox.state.apps.get(world.app.id);
  if (app) app.events = ["push"];
  await comment(world, number, "Hello");
  await world.sandbox.addRepository({
    owner: "acme",
    name: "other",
    collaborators: { ada: "write" },
    files: { a: "1" },
  });
  await world.sandbox.octokit("ada").rest.issues.create({ owner: "acme", repo: "other", title: "Elsewhere" });
  await world.sandbox.idle();
  expect(spoken(world, "issue_comment")).toEqual([]);
  expect(spoken(world, "issues")).toEqual([]);
});

it("sends webhooks in order, whatever the App's answers", async () => {
  const world = await openWorld();
  const { number } = await openPull(world);
  world.answer.status = 500;
  for (const body of ["1", "2", "3", "4"]) await comment(world, number, body);
  await world.sandbox.idle();
  expect(spoken(world, "issue_comment").map((one) => one.comment.body)).toEqual(["1", "2", "3", "4"]);
});

it.each([
  ["dropped", ["2"], ["1", "2"]],
  ["lost", ["2"], ["2"]],
  ["doubled", ["1", "1", "2"], ["1", "1", "2"]],
  ["reordered", ["2", "1"], ["2", "1"]],
  ["delayed", ["2", "1"], ["2", "1"]],
] as const)("a %s webhook arrives as %j, and the log says %j", async (kind, arrived, logged) => {
  const world = await openWorld();
  const { number } = await openPull(world);
  await world.sandbox.idle();
  const { open, opened } = gate();
  world.sandbox.faults.deliveries({ kind, event: "issue_comment", until: () => opened });
  for (const body of ["1", "2"]) await comment(world, number, body);
  await until(() => spoken(world, "issue_comment").length > 0);
  open();
  await world.sandbox.idle();
  expect(spoken(world, "issue_comment").map((one) => one.comment.body)).toEqual(arrived);
  const log =
    world.sandbox.state.apps.get(world.app.id)?.deliveries.filter(({ event }) => event === "issue_comment") ?? [];
  expect(log.map(({ body }) => JSON.parse(body).comment.body)).toEqual(logged);
  const ids = new Set(log.map(({ guid }) => guid));
  expect(ids.size).toBe(new Set(logged).size);
  expect(log.map(({ statusCode }) => statusCode)).toEqual(
    logged.map((_, at) => (kind === "dropped" && at === 0 ? 504 : 202)),
  );
});
