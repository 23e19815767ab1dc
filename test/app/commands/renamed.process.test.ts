import { expect, it, onTestFinished } from "vitest";
import type { Pull } from "../../../tools/sandbox/state.ts";
import { type Conversation, startConversation } from "./conversation.ts";

// A login is a name that its owner may give up at any time, and that anybody may take then.
let talk: Conversation;
let pull: Pull;

async function begin(policy: string): Promise<void> {
  talk = await startConversation({ policy });
  onTestFinished(() => talk.end());
  pull = await talk.registered("first", 60);
}

const github = () => talk.hosted.sandbox;
const idOf = (login: string) => github().state.accounts.get(login)?.id;
const records = async (folder: string) => {
  const names = (await talk.git("ls-tree", "--name-only", "registry", `models/f9/penguins/${folder}/`)).split("\n");
  return Promise.all(names.filter(Boolean).map(async (path) => JSON.parse(await talk.git("show", `registry:${path}`))));
};

it("counts no approval of who asked and has another login by now", async () => {
  await begin("approvals: { production: 1 }\n");
  await talk.say("ada", pull, "/promote production");
  github().renameAccount("ada", "adele");
  const [reply] = await talk.say("adele", pull, "/approve");
  expect(reply).toMatch(/asked for this promotion: an approval is somebody else's/);
  expect(await records("reviews")).toEqual([]);
});

it("takes who has the login of who asked for somebody else", async () => {
  await begin("approvals: { production: 1 }\n");
  await talk.say("ada", pull, "/promote production");
  github().renameAccount("ada", "adele");
  github().addUser("ada");
  talk.repo.collaborators.set("ada", "write");
  const [reply] = await talk.say("ada", pull, "/approve");
  expect(reply).toContain("penguins version 1 is in production");
});

it("counts the approval of one account once, under however many logins", async () => {
  await begin("approvals: { production: 2 }\n");
  await talk.say("ada", pull, "/promote production");
  await talk.say("eve", pull, "/approve");
  github().renameAccount("eve", "evelyn");
  const [reply] = await talk.say("evelyn", pull, "/approve");
  expect(reply).toContain("there is 1.");
});

it("lets an approval stand by who gave it, and not by who has that login now", async () => {
  await begin("approvals: { production: 2 }\n");
  github().addUser("max");
  talk.repo.collaborators.set("max", "write");
  await talk.say("ada", pull, "/promote production");
  await talk.say("eve", pull, "/approve");
  // The one who approved has left; somebody with every right has the login.
  github().renameAccount("eve", "evelyn");
  talk.repo.collaborators.delete("evelyn");
  github().addUser("eve");
  talk.repo.collaborators.set("eve", "admin");
  expect((await talk.say("max", pull, "/approve"))[0]).toContain("there is 1.");
});

it("lets the approval of a renamed account stand", async () => {
  await begin("approvals: { production: 2 }\n");
  github().addUser("max");
  talk.repo.collaborators.set("max", "write");
  await talk.say("ada", pull, "/promote production");
  await talk.say("eve", pull, "/approve");
  github().renameAccount("eve", "evelyn");
  expect((await talk.say("max", pull, "/approve"))[0]).toContain("penguins version 1 is in production");
});

it("lets no approval of a deleted account stand", async () => {
  await begin("approvals: { production: 2 }\n");
  github().addUser("max");
  talk.repo.collaborators.set("max", "write");
  await talk.say("ada", pull, "/promote production");
  await talk.say("eve", pull, "/approve");
  github().state.accounts.delete("eve");
  expect((await talk.say("max", pull, "/approve"))[0]).toContain("there is 1.");
});

it("gives whoever takes a freed login nothing that the roles gave to its owner before", async () => {
  await begin("roles: { promote: { users: [bob] } }\n");
  github().renameAccount("bob", "robert");
  github().addUser("bob");
  const [reply] = await talk.say("bob", pull, "/promote production");
  expect(reply).toMatch(/may not promote here/);
});

it("knows whom the roles pin by number, whatever the login is", async () => {
  await begin("");
  const pinned = `roles: { promote: { users: [{ login: bob, id: ${idOf("bob")} }] } }\n`;
  await talk.push("main", { "slipway.yaml": `${await talk.git("show", "main:slipway.yaml")}\n${pinned}` });
  github().renameAccount("bob", "robert");
  github().addUser("bob");
  talk.repo.collaborators.set("bob", "admin");
  expect((await talk.say("bob", pull, "/promote production"))[0]).toMatch(/may not promote here/);
  expect((await talk.say("robert", pull, "/promote production"))[0]).toContain("penguins version 1 is in production");
});

it("records the account's number wherever it records a person", async () => {
  await begin("approvals: { production: 1 }\n");
  await talk.say("ada", pull, "/promote production");
  await talk.say("eve", pull, "/approve");
  await talk.say("ada", pull, "/hold penguins why not");
  const [ada, eve] = ["ada", "eve"].map((login) => ({ name: login, id: login, account: `github:${idOf(login)}` }));
  const [decision] = await records("promotions");
  const [request] = await records("requests");
  const [manifest] = await records("versions");
  expect(manifest.registered_by).toEqual({ name: "acme", id: "acme", account: `github:${idOf("acme")}` });
  expect(request.requested_by).toEqual(ada);
  expect(decision.requested_by).toEqual(ada);
  expect(decision.approvals.map(({ by }: { by: unknown }) => by)).toEqual([eve]);
  const reviews = await records("reviews");
  expect(reviews.map(({ verdict, by }) => [verdict, by.account]).sort()).toEqual([
    ["approve", eve?.account],
    ["hold", ada?.account],
  ]);
  expect(JSON.parse(await talk.git("show", "registry:models/f9/penguins/model.json")).hold.by).toEqual(ada);
  expect(await talk.git("log", "-1", "--format=%B", "registry")).toContain(
    `Slipway-Actor: ada <ada> (${ada?.account})`,
  );
});
