import { afterAll, beforeAll, expect, it } from "vitest";
import type { Pull } from "../../../tools/sandbox/state.ts";
import { type Conversation, startConversation } from "./conversation.ts";

let talk: Conversation;
let first: Pull;
beforeAll(async () => {
  talk = await startConversation({
    policy: "approvals: { production: 1 }\nroles: { approve: { users: [eve, ada] } }\n",
  });
  first = await talk.registered("first", 60);
});
afterAll(() => talk.end());

const read = async (path: string) => JSON.parse(await talk.git("show", `registry:models/f9/penguins/${path}`));
const list = async (folder: string) =>
  (await talk.git("ls-tree", "--name-only", "registry", `models/f9/penguins/${folder}/`)).split("\n").filter(Boolean);

it("waits for somebody else's approval, and says whose move it is", async () => {
  const [reply] = await talk.say("ada", first, "/promote production ready for the season");
  expect(reply).toContain("⏳ **penguins version 1 waits for 1 approval before production**");
  expect(reply).toContain("production needs 1 approval by others than ada, who asked; there is none yet.");
  expect(reply).toContain("Somebody else: `/approve`, or `/reject` with a reason.");
  expect(talk.deployments()).toEqual([]);

  const [path = ""] = await list("requests");
  const request = await read(path.replace("models/f9/penguins/", ""));
  expect(request).toMatchObject({ version: 1, stage: "production", reason: "ready for the season" });
  expect(request.requested_by).toMatchObject({ name: "ada", id: "ada" });
  const comment = [...talk.repo.comments.values()].findLast(({ user }) => user.login === "ada");
  expect(request.source).toMatchObject({
    kind: "comment",
    issue: first.issue.number,
    id: String(comment?.id),
    place: 0,
  });
});

it("counts nobody's approval of what they asked for, and nobody's who may not", async () => {
  expect((await talk.say("ada", first, "/approve"))[0]).toMatch(
    /asked for this promotion: an approval is somebody else's/,
  );
  expect((await talk.say("bob", first, "/approve"))[0]).toMatch(
    /may not approve here: the policy asks for @&#8203;eve or @&#8203;ada/,
  );
  expect(await list("reviews")).toEqual([]);
});

it("promotes with the approval that was missing, and deploys", async () => {
  const [reply] = await talk.say("eve", first, "/approve");
  expect(reply).toContain("✅ **penguins version 1 is in production**");
  expect(reply).toContain("Approved by eve.");
  expect(talk.deployments()).toEqual(["slipway:penguins 1 → production"]);
  expect(talk.comments(first)[0]).toContain("penguins version 1 is in production");
  expect((await talk.say("eve", first, "/approve"))[0]).toContain("No request waits here.");
});

it("takes an approval for the version that it was given for, and for no other", async () => {
  const second = await talk.registered("second", 70, 0.92);
  const third = await talk.registered("third", 80, 0.93);
  await talk.say("ada", second, "/promote production");
  expect((await talk.say("eve", third, "/approve"))[0]).toContain("No request waits here.");
  expect((await talk.say("eve", second, "/approve penguins@3"))[0]).toContain(
    "Waiting: penguins version 2 for production.",
  );

  await talk.say("ada", second, "/promote penguins@3 production");
  const [reply] = await talk.say("eve", second, "/approve");
  expect(reply).toContain("2 requests wait here: say which.");
  expect(reply).toContain("`/approve penguins@2`, `/approve penguins@3`");
  expect((await talk.say("eve", second, "/approve penguins@3"))[0]).toContain("penguins version 3 is in production");
});

it("ends a request that is rejected, with the reason", async () => {
  const fourth = await talk.registered("fourth", 85, 0.94);
  await talk.say("ada", fourth, "/promote production");
  expect((await talk.say("eve", fourth, "/reject"))[0]).toContain("The reason is missing.");
  const [reply] = await talk.say("eve", fourth, "/reject not before *Monday*");
  expect(reply).toContain("**penguins version 4 was rejected for production**");
  expect(reply).toContain("eve said no: not before &#42;Monday&#42;");
  expect((await talk.say("eve", fourth, "/approve"))[0]).toContain("No request waits here.");
  expect(talk.deployments().at(-1)).toBe("slipway:penguins 3 → production");
});

it("promotes nothing of a model that is on hold, and says who holds it and why", async () => {
  const issue = await talk.issue();
  expect((await talk.say("bob", issue, "/hold penguins I say so"))[0]).toContain("may not put a model on hold here");
  expect((await talk.say("eve", issue, "/hold penguins sensors are off"))[0]).toContain("⏸️ **penguins is on hold**");
  expect((await talk.say("eve", issue, "/hold penguins again"))[0]).toContain("by eve: sensors are off");
  const [reply] = await talk.say("ada", issue, "/promote penguins@2 staging");
  expect(reply).toContain("penguins version 2 stays out of staging");
  expect(reply).toContain("`/unhold penguins` releases it");
  expect(reply).toContain("MODEL_ON_HOLD");
  expect((await talk.say("ada", issue, "/unhold penguins"))[0]).toContain("**penguins is released**");
  expect((await talk.say("ada", issue, "/promote penguins@2 staging"))[0]).toContain(
    "penguins version 2 is in staging",
  );
});
