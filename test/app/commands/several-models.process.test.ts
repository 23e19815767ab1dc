import { afterAll, beforeAll, expect, it } from "vitest";
import { modelFiles, specOf } from "../models-on-github.ts";
import { type Conversation, startConversation } from "./conversation.ts";

let talk: Conversation;
beforeAll(async () => {
  talk = await startConversation({ files: modelFiles("late") });
});
afterAll(() => talk.end());

it("asks which of several models is meant, and takes each at its own version", async () => {
  const pull = await talk.openPull("both", {
    "models/penguins/model.yaml": specOf({ trees: 61 }),
    "models/late/model.yaml": specOf({ trees: 62 }),
  });
  await talk.merge(pull);
  await talk.run("main", { results: { penguins: await talk.stored(), late: await talk.stored({ model: "late" }) } });

  const [reply] = await talk.say("ada", pull, "/promote production");
  expect(reply).toContain("This pull request changes 2 models: say which.");
  expect(reply).toContain("Models: `late`, `penguins`.");
  expect(talk.deployments()).toEqual([]);

  const [both] = await talk.say("ada", pull, "/promote late production\n/promote penguins production");
  expect(both).toContain("late version 1 is in production");
  expect(both).toContain("penguins version 1 is in production");
  expect(talk.deployments()).toEqual(["slipway:late 1 → production", "slipway:penguins 1 → production"]);

  const [status] = await talk.say("bob", pull, "/status");
  expect(status).toContain("How 2 models stand");
  expect(status).toContain("late: Versions");
});
