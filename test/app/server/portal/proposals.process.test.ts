import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { git } from "../../../../core/git/run.ts";
import { freePort } from "../../../../tools/free-port.ts";
import { FLOWERS, proposedFields } from "../../../api/portal/new/brought.ts";
import { slipway } from "../../../cli/memory-host.ts";
import { type Conversation, startConversation } from "../../commands/conversation.ts";
import { type Browser, openBrowser } from "./browser.ts";

const BASE = "/r/acme/models";

let talk: Conversation;
let home: string;
let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "slipway-proposals-"));
  const port = await freePort();
  home = `http://127.0.0.1:${port}`;
  talk = await startConversation({ hosted: { port } });
});
afterAll(async () => {
  await talk.end();
  await rm(work, { recursive: true, force: true });
});

async function signedIn(login: string): Promise<Browser> {
  const browser = openBrowser(home);
  await browser.signIn(login);
  return browser;
}

/** Brings a table, and resolves to what is sent to propose the model that is shown for it. */
async function brought(browser: Browser): Promise<Record<string, string>> {
  const token = await browser.formToken(`${BASE}/new`);
  const shown = await browser.post(`${BASE}/new`, { token, file: new File([FLOWERS], "flowers.csv") });
  expect(shown.status).toBe(303);
  const { text } = await browser.get(shown.location ?? "");
  return { token: await browser.formToken(`${BASE}/new`), ...proposedFields(text) };
}

const pullOf = (title: string) => [...talk.repo.pulls.values()].find(({ issue }) => issue.title === title);

it("a table that a person brings becomes a pull request of theirs, whose files pass check", async () => {
  const ada = await signedIn("ada");
  expect(await ada.post(`${BASE}/acts/propose-model`, await brought(ada))).toMatchObject({ status: 303 });
  const pull = pullOf("Add the model flowers");
  expect(pull?.issue.user.login).toBe("ada");
  await git(work, ["clone", "-q", "--branch", pull?.head.ref ?? "", talk.repo.folder, "flowers"]);
  const folder = join(work, "flowers");
  const names = (await git(folder, ["diff", "--name-only", "origin/main"])).toString();
  expect(names).toContain("models/flowers/data/rows.csv");
  expect(await slipway(["check"], { cwd: folder, env: process.env })).toMatchObject({ code: 0 });
});

it("a policy that a person proposes becomes a pull request of theirs", async () => {
  const ada = await signedIn("ada");
  const text = `${await talk.git("show", "main:slipway.yaml")}\nstages: [staging, production]\n`;
  const token = await ada.formToken(`${BASE}/policy`);
  const fields = { token, text, title: "Name the stages", why: "They were guessed." };
  expect(await ada.post(`${BASE}/acts/propose-policy`, fields)).toMatchObject({ status: 303 });
  const pull = pullOf("Name the stages");
  expect(pull?.issue).toMatchObject({ user: { login: "ada" }, body: expect.stringContaining("They were guessed.") });
  expect(await talk.git("show", `${pull?.head.ref}:slipway.yaml`)).toContain("stages: [staging, production]");
});

it("who may only read is told so, and nothing is pushed", async () => {
  const bob = await signedIn("bob");
  const before = [talk.repo.pulls.size, await talk.git("branch", "--list")];
  const model = await bob.post(`${BASE}/acts/propose-model`, { ...(await brought(bob)), title: "Of a reader" });
  const text = `${await talk.git("show", "main:slipway.yaml")}\nstages: [production]\n`;
  const token = await bob.formToken(`${BASE}/policy`);
  const policy = await bob.post(`${BASE}/acts/propose-policy`, { token, text, title: "Of a reader", why: "" });
  for (const refused of [model, policy]) {
    expect(refused.status).toBe(403);
    expect(refused.text).toContain("NOT_ALLOWED");
  }
  expect([talk.repo.pulls.size, await talk.git("branch", "--list")]).toEqual(before);
});
