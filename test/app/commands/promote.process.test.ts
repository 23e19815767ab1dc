import { afterAll, beforeAll, expect, it } from "vitest";
import type { Pull } from "../../../tools/sandbox/state.ts";
import { type Conversation, startConversation } from "./conversation.ts";

let talk: Conversation;
/** Version 1 of penguins, in production after the first test; version 2, worse, kept out of it. */
let first: Pull;
beforeAll(async () => {
  talk = await startConversation();
});
afterAll(() => talk.end());

it("refuses what is not merged, and what is not registered yet, with what to do first", async () => {
  const pull = await talk.openPull("early", { "models/penguins/notes.md": "soon" });
  const [reply] = await talk.say("ada", pull, "/promote production");
  expect(reply).toMatch(/has no version of this pull request yet: merge it first/);
  expect(reply).toContain("NOT_REGISTERED");

  first = await talk.merged("first", 60);
  expect((await talk.say("ada", first, "/promote production"))[0]).toMatch(/is not registered yet/);
  await talk.register();
});

it("refuses who may not, politely, and records nothing", async () => {
  const before = await commits();
  const [reply, ...more] = await talk.say("bob", first, "/promote production");
  expect(reply).toMatch(
    /^> `\/promote production`\n\n🚫 \*\*@&#8203;bob may not promote here: the policy asks for write access/,
  );
  expect(reply).toContain("<sub>NOT_ALLOWED</sub>");
  expect(more).toEqual([]);
  expect(await commits()).toBe(before);
});

it("promotes the version that the pull request was registered as, within 8 calls", async () => {
  talk.calls();
  const [reply, ...more] = await talk.say("ada", first, "Nice.\n\n/promote production it is better");
  const calls = talk.calls();

  expect(more).toEqual([]);
  expect(reply).toContain("✅ **penguins version 1 is in production**");
  expect(reply).toContain("It is the first version in production. All 2 gates pass.");
  expect(reply).toContain("| ✅&nbsp;pass<br>production | accuracy at least 0.85<br>".replace("&nbsp;", "\u00a0"));
  expect(reply).toContain("A deployment to production is under way.");
  expect(talk.comments(first)[0]).toContain("penguins version 1 is in production");
  expect(calls.length).toBeLessThanOrEqual(8);
  expect(calls.map((call) => call.replaceAll(/\d+/g, "N")).sort()).toEqual([
    "GET /collaborators/ada/permission",
    "GET /issues/comments/N",
    "PATCH /check-runs/N",
    "PATCH /issues/comments/N",
    "POST /deployments",
    "POST /issues/N/comments",
    "POST /issues/comments/N/reactions",
  ]);
});

it("opens a deployment by the default branch's workflow, with what a deploy job has to know", async () => {
  const [deployment, ...more] = [...talk.repo.deployments.values()];
  const { artifact } = JSON.parse(await talk.git("show", "registry:models/f9/penguins/versions/1.json"));
  expect(more).toEqual([]);
  expect(deployment).toMatchObject({
    ref: "main",
    task: "slipway:penguins",
    environment: "production",
    production: true,
    payload: { slipway: 1, model: "penguins", version: 1, stage: "production", artifact_sha256: artifact.sha256 },
  });
});

it("keeps a worse version out, with the gates' words, and says what to do", async () => {
  const worse = await talk.registered("worse", 2, 0.82);
  const [reply] = await talk.say("ada", worse, "/promote production");
  expect(reply).toContain("❌ **penguins version 2 stays out of production**");
  expect(reply).toMatch(/- accuracy: expected at least 0\.85, found 0\.82/);
  expect(reply).toContain("Make it better in another pull request");
  expect(reply).toContain("<sub>GATE_FAILED");
  expect(talk.deployments()).toEqual(["slipway:penguins 1 → production"]);
});

it("promotes a named version from anywhere, and an issue's model as it was when it was written", async () => {
  const issue = await talk.issue();
  expect((await talk.say("ada", issue, "/promote staging"))[0]).toContain("the model has to be named");
  expect((await talk.say("ada", issue, "/promote penguin staging"))[0]).toContain("Did you mean penguins?");
  expect((await talk.say("ada", issue, "/promote penguins@9 staging"))[0]).toContain("penguins has no version 9");
  expect((await talk.say("ada", issue, "/promote penguins@1 staging"))[0]).toContain(
    "penguins version 1 is in staging",
  );
  expect((await talk.say("ada", issue, "/promote penguins staging"))[0]).toContain("penguins version 2 is in staging");
  expect((await talk.say("ada", issue, "/promote penguins staging"))[0]).toContain("is in staging already");
});

it("rolls back what was promoted, once, and deploys what was there before", async () => {
  const better = await talk.registered("better", 99, 0.93);
  await talk.say("ada", better, "/promote production");
  const [reply] = await talk.say("ada", better, "/rollback production too many complaints");

  expect(reply).toContain("✅ **penguins version 1 is in production again**");
  expect(reply).toContain("It replaces version 3. Gates are not asked again");
  expect(talk.deployments().slice(-2)).toEqual(["slipway:penguins 3 → production", "slipway:penguins 1 → production"]);
  expect((await talk.say("ada", better, "/rollback production"))[0]).toContain(
    "Version 1 was the first in production.",
  );
  expect((await talk.say("bob", better, "/rollback staging"))[0]).toContain("may not roll back here");
});

it("keeps the pull request of what is replaced, and of what comes back, up to date wherever it was asked for", async () => {
  const issue = await talk.issue();
  await talk.say("ada", issue, "/promote penguins@3 production");
  expect(talk.comments(first)[0]).toContain("**production** has version 3");
  await talk.say("ada", issue, "/rollback penguins production");
  expect(talk.comments(first)[0]).toContain("penguins version 1 is in production");
});

it("tells how things stand, to anybody", async () => {
  const [reply] = await talk.say("bob", first, "/status");
  expect(reply).toContain("How penguins stands");
  expect(reply).toContain("version 1 in production, version 2 in staging");
  const [all] = await talk.say("bob", await talk.issue(), "/status");
  expect(all).toMatch(/\| penguins \| 3 \| 1 \| 2 \|/);
});

it("compares two versions", async () => {
  const [reply] = await talk.say("bob", first, "/compare production 3\n/compare 1 penguins@7");
  expect(reply).toContain("penguins: version 1 → version 3");
  expect(reply).toMatch(/\| accuracy \| 0\.91 \| 0\.93 \| \+0\.02 \|/);
  expect(reply).toContain("penguins has no version 7");
});

it("does nothing twice when everything is delivered again to a new process", async () => {
  const before = { commits: await commits(), deployments: talk.deployments(), comments: talk.repo.comments.size };
  await talk.hosted.restart();
  await redeliverAll();
  await talk.hosted.settled();
  expect({ commits: await commits(), deployments: talk.deployments(), comments: talk.repo.comments.size }).toEqual(
    before,
  );
});

function commits(): Promise<string> {
  return talk.git("rev-list", "--count", "registry");
}

async function redeliverAll(): Promise<void> {
  const { sandbox, added, app } = talk.hosted;
  const deliveries = [...(sandbox.state.apps.get(added.id)?.deliveries ?? [])];
  const comments = deliveries.filter(({ event, statusCode }) => event === "issue_comment" && statusCode === 202);
  expect(comments.length).toBeGreaterThan(10);
  for (const { requestHeaders, body } of comments) {
    const answer = await fetch(`${app.url}/api/github/webhooks`, { method: "POST", headers: requestHeaders, body });
    expect(answer.status).toBe(202);
  }
}
