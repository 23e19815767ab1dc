import { afterAll, beforeAll, expect, it } from "vitest";
import { freePort } from "../../../../tools/free-port.ts";
import type { Pull } from "../../../../tools/sandbox/state.ts";
import { type Conversation, startConversation } from "../../commands/conversation.ts";
import { type Browser, openBrowser } from "./browser.ts";

let talk: Conversation;
let home: string;
let first: Pull;
beforeAll(async () => {
  const port = await freePort();
  home = `http://127.0.0.1:${port}`;
  talk = await startConversation({ hosted: { port } });
  talk.repo.private = true;
  first = await talk.registered("first", 60);
});
afterAll(() => talk.end());

const PAGE = "/r/acme/models/";

async function signedIn(login: string): Promise<Browser> {
  const browser = openBrowser(home);
  await browser.signIn(login);
  return browser;
}

it("signs a person in on GitHub, and brings them to the page that they asked for", async () => {
  const browser = openBrowser(home);
  const away = await browser.get(`${PAGE}?q=pen`);
  expect(away.location).toBe(`/login?to=${encodeURIComponent(`${PAGE}?q=pen`)}`);
  const back = await browser.signIn("ada", `${PAGE}?q=pen`);
  expect(back.location).toBe(`${home}${PAGE}?q=pen`);
  const page = await browser.get(PAGE);
  expect(page.status).toBe(200);
  expect(page.text).toContain("penguins");
});

it("lists the repositories that a person sees", async () => {
  expect((await (await signedIn("ada")).get("/")).text).toContain(`href="${PAGE}"`);
  expect((await openBrowser(home).get("/")).text).not.toContain(PAGE);
});

it("promotes by a form as that person, and deploys it", async () => {
  const ada = await signedIn("ada");
  const token = await ada.formToken("/");
  const fields = { token, model: "penguins", version: "1", stage: "production", reason: "it is the first" };
  const sent = await ada.post(`${PAGE}acts/promote`, fields);
  expect(sent).toMatchObject({ status: 303, location: PAGE });
  await talk.hosted.settled();
  const { stages } = JSON.parse(await talk.git("show", "registry:models/f9/penguins/model.json"));
  const names = (await talk.git("ls-tree", "-r", "--name-only", "registry")).split("\n");
  const path = names.find((name) => name.endsWith(`${stages.production.decision}.json`));
  const { requested_by, source } = JSON.parse(await talk.git("show", `registry:${path}`));
  expect(requested_by).toMatchObject({ name: "ada", id: "ada", account: expect.stringMatching(/^github:\d+$/) });
  expect(source).toMatchObject({ kind: "form", repository: "acme/models" });
  expect(talk.deployments()).toEqual(["slipway:penguins 1 → production"]);
  expect(talk.comments(first)[0]).toContain("penguins version 1 is in production");
});
