import { afterAll, beforeAll, expect, it } from "vitest";
import { image } from "../../acts/deploying.ts";
import { type Conversation, startConversation } from "./conversation.ts";

let talk: Conversation;
const policy = (replicas: number) =>
  `deploy: { production: { kubernetes: { replicas: ${replicas}, open: true }, image: "${image("a")}" } }\n`;

beforeAll(async () => {
  talk = await startConversation({ policy: policy(2) });
});
afterAll(() => talk.end());

const described = () => talk.git("show", "deploy:production/penguins/deployment.yaml");

it("the App describes on the branch deploy what a comment promoted, in a commit that names the registry's", async () => {
  const pull = await talk.registered("first", 60);
  await talk.say("ada", pull, "/promote production");
  expect(await described()).toContain("penguins@1");
  const trailers = await talk.git("log", "-1", "--format=%(trailers:key=Registry,valueonly)", "deploy");
  expect(trailers).toBe(await talk.git("rev-parse", "registry"));
});

it("the App describes a stage otherwise when slipway.yaml says so", async () => {
  const whole = await talk.git("show", "main:slipway.yaml");
  await talk.push("main", { "slipway.yaml": `${whole.replace("replicas: 2", "replicas: 5")}\n` });
  await talk.hosted.settled();
  expect(await described()).toContain("replicas: 5");
});

it("the App moves the stage though somebody else wrote the branch deploy, leaves that alone, and says so", async () => {
  const pull = await talk.registered("second", 70, 0.93);
  const identity = ["-c", "user.name=Eve", "-c", "user.email=eve@example.org"];
  const foreign = await talk.git(...identity, "commit-tree", "deploy^{tree}", "-p", "deploy", "-m", "by hand");
  await talk.git("update-ref", "refs/heads/deploy", foreign);
  const [answer] = await talk.say("ada", pull, "/promote production");
  expect(answer).toContain("penguins version 2 is in production");
  expect(answer).toContain("DEPLOY_CONFLICT");
  expect(await talk.git("rev-parse", "deploy")).toBe(foreign);
});
