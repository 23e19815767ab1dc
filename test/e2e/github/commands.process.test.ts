import { afterAll, beforeAll, expect, it } from "vitest";
import { stringify } from "yaml";
import { POLICY } from "../tiny-model.ts";
import { appOctokit, type Models, openModels, reported, threshold } from "./models.ts";

// Who asks for something, and with which words, is what a comment's author and GitHub say, and nobody else.
let at: Models;
let issue: { number: number };
/** Version 1 of tiny is in production; 2 and 3 are registered. */
beforeAll(async () => {
  at = await openModels({
    policy: { stages: ["dev", "staging", "production"], approvals: { production: 1, staging: 2 } },
  });
  issue = await at.issue("ada");
  await at.version(0.9);
  await at.say("ada", issue, "/promote tiny@1 production");
  await at.say("rolf", issue, "/approve");
  for (const accuracy of [0.91, 0.92]) await at.version(accuracy);
  expect(await at.live()).toBe(1);
});
afterAll(() => at.close());

const where = { owner: "acme", repo: "models" };
const edit = (login: string, id: number, body: string) =>
  at.as(login).rest.issues.updateComment({ ...where, comment_id: id, body });
const write = async (login: string, on: { number: number }, body: string) =>
  (await at.as(login).rest.issues.createComment({ ...where, issue_number: on.number, body })).data.id;

/** Runs it on an issue of its own; expects that the registry is as it was, and resolves to what the App answered. */
async function unmoved(act: (on: { number: number }) => Promise<unknown>): Promise<string[]> {
  const [before, on] = [await at.registry(), await at.issue("mia")];
  await act(on);
  await at.home.settle();
  expect(await at.registry()).toBe(before);
  return at.comments(on);
}

it("takes no command from a comment that is edited into one, by whomever", async () => {
  const said = await unmoved(async (on) => {
    await edit("ada", await write("ada", on, "Thanks!"), "/hold tiny for now");
    await edit("eve", await write("rolf", on, "Thanks!"), "/hold tiny for now");
  });
  expect(said).toEqual([]);
});

it("takes no command from a comment that was edited before it was read", async () => {
  const said = await unmoved(async (on) => {
    at.home.sandbox.faults.deliveries({ kind: "dropped", event: "issue_comment" });
    const id = await write("rolf", on, "/status");
    await edit("eve", id, "/hold tiny for now");
    await at.home.app.catchUp();
  });
  expect(said).toEqual([expect.stringContaining("COMMENT_EDITED")]);
});

it("takes no command that it finds later, where the comment was edited into it at once", async () => {
  const said = await unmoved(async (on) => {
    await edit("eve", await write("rolf", on, "I like it."), "/hold tiny for now");
    await at.home.settle();
    await at.home.restart();
  });
  expect(said).toEqual([expect.stringContaining("COMMENT_EDITED")]);
});

it("does what it finds later of a comment that nobody edited", async () => {
  const on = await at.issue("mia");
  at.home.sandbox.faults.deliveries({ kind: "lost", event: "issue_comment" });
  await write("rolf", on, "/hold tiny for now");
  await at.home.app.catchUp();
  await at.home.settle();
  expect(await at.comments(on)).toEqual([expect.stringContaining("tiny is on hold")]);
  await at.say("rolf", on, "/unhold tiny");
});

it("takes no command from a bot", async () => {
  const bot = await appOctokit(at.home, { slug: "helper", permissions: { issues: "write" } });
  const said = await unmoved(({ number }) =>
    bot.rest.issues.createComment({ ...where, issue_number: number, body: "/hold tiny for now" }),
  );
  expect(said).toEqual([]);
});

it.each(["mia", "mallory"])("does nothing for %s, who may not", async (login) => {
  const commands = ["/promote tiny@2 dev", "/hold tiny for now", "/rollback tiny production", "/approve"];
  const [reply = ""] = await unmoved((on) => write(login, on, commands.join("\n")));
  expect(reply.match(/NOT_ALLOWED/g)).toHaveLength(3);
});

it("gives nobody a right that a pull request's policy would give", async () => {
  const policy = { ...POLICY, roles: { promote: { users: ["mia"] } } };
  const pull = await at.pull("eve", "roles", { "slipway.yaml": stringify(policy), ...threshold(43) });
  const before = await at.registry();
  const [reply] = await at.say("mia", pull, "/promote tiny@2 dev");
  expect(reply).toContain("NOT_ALLOWED");
  expect(await at.registry()).toBe(before);
});

it("promotes nothing of an open pull request, however good its run", async () => {
  const pull = await at.pull("ada", "open", threshold(44));
  await at.ran(pull, { results: { tiny: reported(0.99, 1) } });
  const before = await at.registry();
  const [reply] = await at.say("ada", pull, "/promote dev");
  expect(reply).toContain("NOT_REGISTERED");
  expect(await at.registry()).toBe(before);
});

it("does not count who asked among those who approve", async () => {
  expect((await at.say("ada", issue, "/promote tiny@2 production"))[0]).toContain("waits for 1 approval");
  expect((await at.say("ada", issue, "/approve tiny@2"))[0]).toContain("OWN_REQUEST");
  expect(await at.live()).toBe(1);
  await at.say("rolf", issue, "/reject tiny@2 enough");
});

it("does not count an approval of version 2 for version 3", async () => {
  await at.say("ada", issue, "/promote tiny@2 staging");
  await at.say("rolf", issue, "/approve tiny@2");
  await at.say("ada", issue, "/promote tiny@3 staging");
  expect((await at.say("eve", issue, "/approve tiny@3"))[0]).toContain("waits for 1 approval");
  expect(await at.live("tiny", "staging")).toBeUndefined();
});

it("does not count the approval of somebody who may not approve any more", async () => {
  const on = await at.issue("ada");
  await at.say("ada", on, "/promote tiny@2 staging");
  expect((await at.say("eve", on, "/approve tiny"))[0]).toContain("there is 1");
  const { collaborators } = at.repo;
  const level = collaborators.get("eve") ?? "write";
  collaborators.set("eve", "read");
  expect((await at.say("rolf", on, "/approve tiny"))[0]).toContain("there is 1");
  expect(await at.live("tiny", "staging")).toBeUndefined();
  collaborators.set("eve", level);
});

it("adds up the approvals of those who ask for the same twice", async () => {
  const on = await at.issue("ada");
  await at.say("ada", on, "/promote tiny@3 staging");
  await at.say("ada", on, "/promote tiny@3 staging");
  expect((await at.say("eve", on, "/approve"))[0]).toContain("there is 1");
  expect((await at.say("rolf", on, "/approve"))[0]).toContain("tiny version 3 is in staging");
});
