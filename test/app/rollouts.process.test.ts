import { afterAll, beforeAll, expect, it } from "vitest";
import { reportName, signReport } from "../../core/acts/rollout-reports.ts";
import type { PrivateKey } from "../../core/git/ssh/private-key.ts";
import { publicKeyLine } from "../../core/git/ssh/public-key.ts";
import { figuresOf } from "../../core/rollout/figures.ts";
import { openNamedFolder } from "../../core/stores/file/named.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { Pull } from "../../tools/sandbox/state.ts";
import { keyInMemory } from "../git/ssh/keys.ts";
import { type Conversation, startConversation } from "./commands/conversation.ts";

const key = keyInMemory();
let talk: Conversation;
/** Version 1 of penguins is in production, and each test asks for the next one. */
let second: Pull;
beforeAll(async () => {
  talk = await startConversation();
  const first = await talk.registered("first", 60);
  await talk.say("ada", first, "/promote production");
  await talk.push("main", {
    "slipway.yaml": `slipway: 1
artifacts: { store: "file:${talk.store}" }
monitor: { requests: { store: "file:${talk.store}" } }
rollout:
  reporter: "${publicKeyLine(key.publicKey)}"
  production: { steps: [{ shadow: 1ms }, { share: 1 }] }
`,
  });
  second = await talk.registered("second", 70, 0.92);
});
afterAll(() => talk.end());

const record = async (): Promise<ModelRecord> =>
  JSON.parse(await talk.git("show", "registry:models/f9/penguins/model.json"));

/** What a replica counted, where the App looks for it; and the next catch-up. */
async function report(by: PrivateKey) {
  const state = (await record()).rollouts?.["production"];
  if (state === undefined) throw new Error("nothing rolls out");
  const { version, decision, step, since } = state;
  const made = {
    ...{ slipway: 1 as const, model: "penguins", stage: "production", version, decision, step },
    ...{ replica: "a".repeat(16), since, until: new Date(Date.parse(since) + 1_000).toISOString() },
    figures: figuresOf({ ms: 5, failed: false }),
  };
  await openNamedFolder(talk.store).put(reportName(made), signReport(made, by));
  await talk.hosted.app.catchUp();
  await talk.hosted.settled();
}

it("a promotion begins a rollout: the stage and what is deployed stay, and the answer says how to look and to end it", async () => {
  const [reply] = await talk.say("ada", second, "/promote production");
  expect(reply).toContain("**penguins version 2 is on its way to production**");
  expect(reply).toContain("Version 1 stays in production until the last step: shadow for 1ms, then all requests.");
  expect(reply).toContain("`/rollout status production`");
  const { stages, rollouts } = await record();
  expect([stages["production"]?.version, rollouts?.["production"]?.version]).toEqual([1, 2]);
  expect(talk.deployments()).toEqual(["slipway:penguins 1 → production"]);
  expect(talk.comments(second)[0]).toContain("on its way to **production**");
});

it("everybody may ask how it goes; who may not promote may not pause it", async () => {
  expect((await talk.say("bob", second, "/rollout status production"))[0]).toMatch(/step 1 of 2: nothing is counted/);
  expect((await talk.say("bob", second, "/rollout pause production"))[0]).toContain("NOT_ALLOWED");
});

it("a person pauses and resumes it", async () => {
  expect((await talk.say("ada", second, "/rollout pause production sensors"))[0]).toContain("is paused");
  expect((await talk.say("ada", second, "/rollout pause production"))[0]).toContain("paused already");
  expect((await record()).rollouts?.["production"]?.paused).toMatchObject({ by: "person" });
  expect((await talk.say("ada", second, "/rollout resume production"))[0]).toContain("goes on");
});

it("a report that somebody else signed leads to nothing, and is told of", async () => {
  await report(keyInMemory());
  expect((await record()).rollouts?.["production"]?.version).toBe(2);
  expect((await talk.say("ada", second, "/rollout status production"))[0]).toContain("Does not count: report");
});

it("the reporter's report leads to the last step with the next catch-up: the version is deployed", async () => {
  await report(key);
  const { stages, rollouts } = await record();
  expect([stages["production"]?.version, rollouts]).toEqual([2, undefined]);
  expect(talk.deployments()).toEqual(["slipway:penguins 1 → production", "slipway:penguins 2 → production"]);
  expect(talk.comments(second)[0]).toContain("penguins version 2 is in production");
  expect((await talk.say("ada", second, "/rollout status production"))[0]).toContain(
    "No version of penguins is on its way",
  );
});

it("a person ends a rollout, and so does a rollback", async () => {
  const third = await talk.registered("third", 80, 0.93);
  await talk.say("ada", third, "/promote production");
  expect((await talk.say("ada", third, "/rollout abort production complaints"))[0]).toContain(
    "penguins version 3 is not rolled out to production any more",
  );
  await talk.say("ada", third, "/promote production");
  expect((await talk.say("ada", third, "/rollback production"))[0]).toContain("production stays as it was");
  const { stages, rollouts } = await record();
  expect([stages["production"]?.version, rollouts]).toEqual([2, undefined]);
});
