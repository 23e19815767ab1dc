import { createHmac, randomUUID } from "node:crypto";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type RunningApp, startApp } from "../../../app/start.ts";
import type { Delivery } from "../../../tools/sandbox/state.ts";
import { type Models, openModels, reported, threshold } from "./models.ts";
import { placeRun } from "./place-run.ts";

// Webhooks come forged, twice, late, and in any order; and two people ask at once.
let at: Models;
let issue: { number: number };
/** Versions 1 and 2 of tiny are registered. */
beforeAll(async () => {
  at = await openModels({ policy: { stages: ["a", "b", "c", "d", "e", "production"] } });
  issue = await at.issue("ada");
  for (const accuracy of [0.9, 0.91]) await at.version(accuracy);
});
afterAll(async () => {
  await other?.close();
  await at.close();
});

const where = { owner: "acme", repo: "models" };
const write = (login: string, body: string) =>
  at.as(login).rest.issues.createComment({ ...where, issue_number: issue.number, body });

/** GitHub's own log of what it sent, or tried to. */
function deliveries(event: string): Delivery[] {
  const all = at.home.sandbox.state.apps.get(at.home.added.id)?.deliveries ?? [];
  return all.filter((each) => each.event === event);
}

/** Posts a delivery's body to an App as anybody could who has it. */
async function post({ event, body }: Delivery, secret: string, app = at.home.app): Promise<number> {
  const headers = {
    "content-type": "application/json",
    "x-github-event": event,
    "x-github-delivery": randomUUID(),
    "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
  };
  const answer = await fetch(`${app.url}/api/github/webhooks`, { method: "POST", headers, body });
  await at.home.settle();
  return answer.status;
}

/** Has GitHub send again what it could not deliver, as the button on the App's page does. */
async function redeliver({ id }: Delivery): Promise<void> {
  const { added, sandbox } = at.home;
  const auth = { appId: added.id, privateKey: added.privateKey };
  const asApp = new Octokit({ authStrategy: createAppAuth, auth, baseUrl: sandbox.url });
  await asApp.rest.apps.redeliverWebhookDelivery({ delivery_id: id });
  await at.home.settle();
}

/** Everything on GitHub that a command changes. */
async function held() {
  const [registry, deployments, comments] = [await at.registry(), await at.deployments(), await at.comments(issue)];
  return { registry, deployments, comments, tags: await at.tags() };
}

/** Decisions that moved a stage of tiny's, oldest first: the versions. */
async function moves(stage: string): Promise<number[]> {
  const all = await Promise.all((await at.records("models/f2/tiny/promotions")).map((path) => at.record(path)));
  return (all as { stage: string; version: number; outcome: string; assignment: number }[])
    .filter((each) => each.stage === stage && each.outcome === "promoted")
    .sort((one, two) => one.assignment - two.assignment)
    .map(({ version }) => version);
}

it("takes no webhook that is signed with another secret, whatever it says", async () => {
  const { sandbox, config } = at.home;
  sandbox.faults.deliveries({ kind: "dropped", event: "issue_comment" });
  await write("ada", "/promote tiny@1 a");
  const [sent] = deliveries("issue_comment").slice(-1) as [Delivery];
  const before = await held();

  expect(await post(sent, "another-secret-of-mine")).toBe(401);
  expect(await held()).toEqual(before);
  expect(await post(sent, config.WEBHOOK_SECRET)).toBe(202);
  expect(await at.live("tiny", "a")).toBe(1);
});

it("does nothing twice for a command that is replayed under another delivery's id, even after a restart", async () => {
  await at.say("ada", issue, "/promote tiny@1 b");
  await at.say("ada", issue, "/promote tiny@2 b");
  const [sent] = deliveries("issue_comment").filter(({ body }) => body.includes("/promote tiny@1 b")) as [Delivery];
  const before = await held();

  await post(sent, at.home.config.WEBHOOK_SECRET);
  expect(await held()).toEqual(before);
  await at.home.restart();
  await post(sent, at.home.config.WEBHOOK_SECRET);
  expect(await held()).toEqual(before);
});

it("registers and tells nothing twice for a run's end that is replayed after a restart", async () => {
  const pull = await at.registered("replayed", 0.92);
  const sent = deliveries("workflow_run").findLast(({ action }) => action === "completed") as Delivery;
  const before = { ...(await held()), told: await at.comments(pull) };
  await at.home.restart();
  await post(sent, at.home.config.WEBHOOK_SECRET);
  expect({ ...(await held()), told: await at.comments(pull) }).toEqual(before);
});

it("does not take a run for going on whose beginning is told after its end", async () => {
  const pull = await at.pull("ada", "run-order", threshold(45));
  const { sandbox } = at.home;
  sandbox.faults.deliveries({ kind: "lost", event: "workflow_run" });
  sandbox.faults.deliveries({ kind: "reordered", event: "workflow_run" });
  await placeRun(sandbox, at.repo, pull.number, { results: { tiny: reported(0.95) } });
  await at.home.settle();
  expect(
    deliveries("workflow_run")
      .slice(-2)
      .map(({ action }) => action),
  ).toEqual(["completed", "in_progress"]);
  expect((await at.check(pull)).conclusion).toBe("success");
  expect(await at.report(pull)).toContain("0.95");
});

it("does not go back to an older head whose push is told after the newer one's", async () => {
  const pull = await at.pull("ada", "push-order", threshold(45));
  const { sandbox } = at.home;
  sandbox.faults.deliveries({ kind: "dropped", event: "pull_request" });
  await at.push("ada", "push-order", threshold(46));
  const late = deliveries("pull_request").at(-1) as Delivery;
  const head = await at.push("ada", "push-order", threshold(47));
  await at.ran(pull, { results: { tiny: reported(0.95) } });
  await redeliver(late);
  expect((await at.check(head)).conclusion).toBe("success");
  const report = await at.report(pull);
  expect(report).toContain("0.95");
  expect(report).toContain(head.slice(0, 12));
});

it("does not do what was asked for first after what was asked for later", async () => {
  at.home.sandbox.faults.deliveries({ kind: "dropped", event: "issue_comment" });
  await write("ada", "/promote tiny@1 c");
  await at.say("ada", issue, "/promote tiny@2 c");
  await at.home.app.catchUp();
  await at.home.settle();
  expect(await at.live("tiny", "c")).toBe(2);
  expect((await at.comments(issue)).at(-1)).toContain("OVERTAKEN");
});

/** A second App with a state folder of its own, as while one takes another's place. */
let other: RunningApp | undefined;
async function secondApp(): Promise<RunningApp> {
  const { config, log, root } = at.home;
  const own = { SLIPWAY_STATE: await mkdtemp(join(root, "state-")), PORT: 0 };
  const app = await startApp({ ...config, ...own }, { write: (line) => void log.push(line) });
  await app.idle();
  return app;
}

/** Two comments that reach an App each at once. */
async function atOnce(first: string, second: string): Promise<void> {
  const { config, sandbox, app } = at.home;
  other ??= await secondApp();
  sandbox.faults.deliveries({ kind: "dropped", event: "issue_comment", times: 2 });
  await write("ada", first);
  await write("eve", second);
  const [one, two] = deliveries("issue_comment").slice(-2) as [Delivery, Delivery];
  await Promise.all([post(one, config.WEBHOOK_SECRET, app), post(two, config.WEBHOOK_SECRET, other)]);
  await other.idle();
  await at.home.settle();
}

it("promotes a version once that two people ask for at once", async () => {
  const before = (await at.deployments()).length;
  await atOnce("/promote tiny@2 d", "/promote tiny@2 d");
  expect(await moves("d")).toEqual([2]);
  expect((await at.tags()).filter((tag) => tag.startsWith("tiny#d#"))).toHaveLength(1);
  expect((await at.deployments()).slice(before)).toEqual(["tiny 2 → d"]);
});

it("keeps both decisions where two people ask for different versions at once", async () => {
  await atOnce("/promote tiny@1 e", "/promote tiny@2 e");
  const all = await moves("e");
  expect([[1, 2], [2]]).toContainEqual(all);
  expect(await at.live("tiny", "e")).toBe(2);
  expect((await at.tags()).filter((tag) => tag.startsWith("tiny#e#"))).toHaveLength(all.length);
});
