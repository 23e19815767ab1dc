import { afterAll, beforeAll, expect, it } from "vitest";
import { ACTS } from "../../../../api/portal/acts/acts.ts";
import { CHARTS } from "../../../../api/portal/charts.ts";
import { FORM_PAGES, PAGES } from "../../../../api/portal/pages.ts";
import { freePort } from "../../../../tools/free-port.ts";
import { type Conversation, startConversation } from "../../commands/conversation.ts";
import { type Browser, openBrowser } from "./browser.ts";

let talk: Conversation;
let home: string;
beforeAll(async () => {
  const port = await freePort();
  home = `http://127.0.0.1:${port}`;
  talk = await startConversation({ hosted: { port } });
  talk.repo.private = true;
  talk.repo.collaborators.delete("eve");
  await talk.registered("first", 60);
});
afterAll(() => talk.end());

const BASE = "/r/acme/models";
const PROMOTION = { model: "penguins", version: "1", stage: "production" };
const EVIL = "https://evil.example";

async function signedIn(login: string): Promise<Browser> {
  const browser = openBrowser(home);
  await browser.signIn(login);
  return browser;
}

/** Each address of a table of routes, below a repository. */
function addresses(table: object, base = BASE): string[] {
  return Object.keys(table).map(
    (row) =>
      base +
      row
        .replace(/^\w+ /, "")
        .replace(/:model/, "penguins")
        .replace(/:\w+(?:\{[^}]*\})?/g, "1"),
  );
}

const registry = () => talk.git("rev-parse", "registry");
/** Requests to GitHub's side that this does. */
async function askedOf(act: () => Promise<unknown>): Promise<string[]> {
  const { requests } = talk.hosted.sandbox.state;
  const before = requests.length;
  await act();
  return requests.slice(before).map(({ method, path }) => `${method} ${path}`);
}

it.each([
  ["a form of another site", { origin: EVIL, "sec-fetch-site": "cross-site" }],
  ["JSON of another site", { origin: EVIL, "sec-fetch-site": "cross-site", "content-type": "application/json" }],
  ["another site, in a browser that says no more than its origin", { origin: EVIL, "sec-fetch-site": undefined }],
  ["a page without an origin", { origin: "null", "sec-fetch-site": undefined }],
  ["a page without an origin, that browsers call ours", { origin: "null", "sec-fetch-site": "same-origin" }],
  ["another site, without an origin", { origin: undefined, "sec-fetch-site": "cross-site" }],
  ["a neighbour of the same domain", { origin: undefined, "sec-fetch-site": "same-site" }],
  ["somebody who says nothing of the page", { origin: undefined, "sec-fetch-site": undefined }],
  ["our own page in another scheme", { origin: "https://127.0.0.1", "sec-fetch-site": undefined }],
  ["JSON of our own page", { "content-type": "application/json" }],
  ["text of our own page", { "content-type": "text/plain" }],
])("does nothing for %s, even with a form's token", async (_, headers) => {
  const ada = await signedIn("ada");
  const token = await ada.formToken("/");
  const before = await registry();
  for (const path of [`${BASE}/acts/promote`, "/logout"]) {
    const { status } = await ada.post(path, { token, ...PROMOTION }, headers);
    expect([path, status]).toEqual([path, 403]);
  }
  expect(await registry()).toBe(before);
  expect((await ada.get(`${BASE}/`)).status).toBe(200);
});

it("does nothing for a form with a token of another person's, of another session's, or none", async () => {
  const [ada, again, bob] = [await signedIn("ada"), await signedIn("ada"), await signedIn("bob")];
  const before = await registry();
  for (const token of [
    await bob.formToken("/"),
    await again.formToken("/"),
    "",
    `${"a".repeat(24)}.zzzzzzzz.${"a".repeat(43)}`,
  ])
    expect((await ada.post(`${BASE}/acts/promote`, { token, ...PROMOTION })).status).toBe(403);
  expect((await ada.post("/logout", { token: await bob.formToken("/") })).status).toBe(403);
  expect(await registry()).toBe(before);
});

it("may be shown in no other site's frame, runs no script but its own, and is in no cache, whatever it answers", async () => {
  const [ada, nobody] = [await signedIn("ada"), openBrowser(home)];
  const answers = [
    await ada.get("/"),
    await ada.get(`${BASE}/`),
    await ada.get(`${BASE}/nowhere`),
    await ada.get("/r/acme/nothing/"),
    await ada.get(`${BASE}/m/nothing`),
    await ada.post(`${BASE}/acts/promote`, {}, { origin: EVIL }),
    await nobody.get("/"),
    await nobody.get("/login"),
    await nobody.get("/login/callback?code=a&state=b"),
    await nobody.get(`${BASE}/`),
    await nobody.post("/logout", {}),
  ];
  for (const { headers } of answers) {
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("cache-control")).toBe("private, no-store");
    // GitHub's code is in an address of ours: no other site is told of it.
    expect(headers.get("referrer-policy")).toBe("same-origin");
    expect(headers.has("access-control-allow-origin")).toBe(false);
  }
});

it("gives a browser another session at sign-in, whatever it carried before, and ends the old one", async () => {
  const browser = await signedIn("bob");
  const planted = browser.cookies.get("__Host-slipway") ?? "";
  const thief = openBrowser(home);
  thief.cookies.set("__Host-slipway", planted);
  await browser.signIn("ada");
  expect(browser.cookies.get("__Host-slipway")).not.toBe(planted);
  expect((await browser.get("/")).text).toContain("ada");
  expect((await thief.get(`${BASE}/`)).location).toContain("/login");
});

it("opens nothing to a copy of a session's cookie after its person signed out, in this process and in the next", async () => {
  const ada = await signedIn("ada");
  const thief = openBrowser(home);
  thief.cookies.set("__Host-slipway", ada.cookies.get("__Host-slipway") ?? "");
  expect((await thief.get(`${BASE}/`)).status).toBe(200);
  const token = await ada.formToken("/");
  expect((await ada.post("/logout", { token })).text).toContain("You are signed out");
  expect(ada.cookies.size).toBe(0);
  expect((await thief.get(`${BASE}/`)).location).toContain("/login");
  expect((await thief.get("/")).text).not.toContain(BASE);
  expect((await thief.post(`${BASE}/acts/promote`, { token, ...PROMOTION })).status).toBe(401);
  await talk.hosted.restart();
  await talk.hosted.settled();
  expect((await thief.get(`${BASE}/`)).location).toContain("/login");
  expect((await thief.get("/")).text).not.toContain(BASE);
});

it("signs out by no link", async () => {
  const ada = await signedIn("ada");
  expect((await ada.get("/logout")).status).toBe(404);
  expect((await ada.get(`${BASE}/`)).status).toBe(200);
});

it("takes GitHub's answer once", async () => {
  const browser = openBrowser(home);
  const asked = await browser.get("/login");
  const copy = new Map(browser.cookies);
  const back = await browser.get(`${asked.location}&login=ada`);
  await browser.get(back.location ?? "");
  const thief = openBrowser(home);
  for (const [name, value] of copy) thief.cookies.set(name, value);
  const calls = await askedOf(async () => {
    expect((await thief.get(back.location ?? "")).status).toBe(403);
  });
  expect(thief.cookies.has("__Host-slipway")).toBe(false);
  expect(calls).toEqual([]);
});

it.each(["another", ""])("takes no answer with the state %j", async (state) => {
  const browser = openBrowser(home);
  const asked = await browser.get("/login");
  const back = new URL((await browser.get(`${asked.location}&login=ada`)).location ?? "");
  back.searchParams.set("state", state);
  expect((await browser.get(back.href)).status).toBe(403);
  expect(browser.cookies.has("__Host-slipway")).toBe(false);
});

it("signs nobody in by a link that somebody else's sign-in led to", async () => {
  const eve = openBrowser(home);
  const asked = await eve.get("/login");
  const { location } = await eve.get(`${asked.location}&login=eve`);
  const victim = openBrowser(home);
  expect((await victim.get(location ?? "")).status).toBe(403);
  await victim.get("/login");
  expect((await victim.get(location ?? "")).status).toBe(403);
  expect(victim.cookies.has("__Host-slipway")).toBe(false);
});

it("signs nobody in by a code that another browser was given (PKCE)", async () => {
  const eve = openBrowser(home);
  const asked = await eve.get("/login");
  const hers = new URL((await eve.get(`${asked.location}&login=eve`)).location ?? "");
  const victim = openBrowser(home);
  const state = new URL((await victim.get("/login")).location ?? "").searchParams.get("state") ?? "";
  hers.searchParams.set("state", state);
  const answer = await victim.get(hers.href);
  expect(answer.status).toBe(403);
  expect(answer.text).toContain("bad_verification_code");
  expect(victim.cookies.has("__Host-slipway")).toBe(false);
});

it("says that a person did not agree, and that GitHub does not know this address", async () => {
  const browser = openBrowser(home);
  const asked = await browser.get("/login");
  const denied = await browser.get((await browser.get(`${asked.location}&denied=1`)).location ?? "");
  expect(denied.text).toContain("You did not let Slipway sign you in");
  const { added } = talk.hosted;
  added.setCallbackUrls([`${home}/login/callback`, `${home}/other`].slice(1));
  try {
    const { location } = await browser.get("/login");
    const { location: back } = await browser.get(`${location}&login=ada`);
    expect(back).toContain("error=redirect_uri_mismatch");
  } finally {
    added.setCallbackUrls([`${home}/login/callback`]);
  }
});

it.each(["//evil.example/", "/\\evil.example/", "https://evil.example/", "/%09/evil.example", "/.//evil.example/"])(
  "leads to no other site after signing in: %s",
  async (to) => {
    expect((await openBrowser(home).signIn("ada", to)).location).toBe(`${home}/`);
  },
);

it("tells nobody whether there is a repository that they do not see: one answer, one body, the same questions to GitHub", async () => {
  const eve = await signedIn("eve");
  const token = await eve.formToken("/");
  const ask = async (path: string) => {
    const isAct = path.includes("/acts/");
    let seen: Awaited<ReturnType<Browser["get"]>> | undefined;
    const calls = await askedOf(async () => {
      seen = isAct ? await eve.post(path, { token, ...PROMOTION }) : await eve.get(path);
    });
    const headers = [...(seen?.headers ?? [])].filter(([name]) => name !== "date");
    return {
      status: seen?.status,
      text: seen?.text,
      headers,
      calls: calls.map((call) => call.replace(/acme\/\w+/, "X")),
    };
  };
  const paths = [
    ...addresses({ ...PAGES, ...CHARTS }, ""),
    "/?q=penguins",
    "/m/penguins/v/1/files/model.json",
    ...Object.keys(ACTS).map((name) => `/acts/${name}`),
  ];
  for (const path of paths) {
    const [hidden, missing] = [await ask(`${BASE}${path}`), await ask(`/r/acme/nothing${path}`)];
    expect([path, hidden.status]).toEqual([path, 404]);
    expect(hidden).toEqual(missing);
  }
  expect((await eve.get("/")).text).not.toContain("acme/models");
  expect((await eve.get("/?q=acme")).text).not.toContain("acme/models");
});

it("shows nothing to whom nobody knows: pages lead to sign-in, all else is 401", async () => {
  const nobody = openBrowser(home);
  for (const path of addresses({ ...PAGES, ...CHARTS })) {
    const page = await nobody.get(path, { "sec-fetch-dest": "document" });
    expect([path, page.status, page.location]).toEqual([path, 303, `/login?${new URLSearchParams({ to: path })}`]);
    expect((await nobody.get(path, { "sec-fetch-dest": "image" })).status).toBe(401);
  }
  for (const path of [...Object.keys(ACTS).map((name) => `${BASE}/acts/${name}`), ...addresses(FORM_PAGES)])
    expect([path, (await nobody.post(path, PROMOTION)).status]).toEqual([path, 401]);
});

it("refuses a person who lost the right to act between the page and the click", async () => {
  const ada = await signedIn("ada");
  const token = await ada.formToken(`${BASE}/`);
  const before = await registry();
  talk.repo.collaborators.set("ada", "read");
  try {
    const sent = await ada.post(`${BASE}/acts/promote`, { token, ...PROMOTION });
    expect(sent.status).toBe(403);
    expect(sent.text).toContain("NOT_ALLOWED");
  } finally {
    talk.repo.collaborators.set("ada", "write");
  }
  expect(await registry()).toBe(before);
});

it("refuses a person who lost sight of the repository between the page and the click", async () => {
  const ada = await signedIn("ada");
  const token = await ada.formToken(`${BASE}/`);
  talk.repo.collaborators.delete("ada");
  try {
    const calls = await askedOf(async () => {
      expect((await ada.post(`${BASE}/acts/promote`, { token, ...PROMOTION })).status).toBe(404);
    });
    expect(calls).toContain("GET /repos/acme/models");
  } finally {
    talk.repo.collaborators.set("ada", "write");
  }
});

it("shows nothing while GitHub does not answer who may see it", async () => {
  const ada = await signedIn("ada");
  talk.hosted.sandbox.faults.api({ kind: "fail", status: 502, path: /^\/repos\/acme\/models$/, times: 1 });
  expect((await ada.get(`${BASE}/`)).status).toBe(503);
  expect((await ada.get(`${BASE}/`)).status).toBe(200);
});

it("signs out a person whose token GitHub took back", async () => {
  const ada = await signedIn("ada");
  const { tokens } = talk.hosted.sandbox.state;
  for (const text of tokens.keys()) if (text.startsWith("ghu_")) tokens.delete(text);
  expect((await ada.get(`${BASE}/`)).location).toContain("/login");
});

it("takes so many forms of one session in a minute, and goes on with the others'", async () => {
  const [ada, bob] = [await signedIn("ada"), await signedIn("bob")];
  const [token, other] = [await ada.formToken("/"), await bob.formToken("/")];
  const path = `${BASE}/acts/promote`;
  const statuses = new Set<number>();
  for (let sent = 0; sent < 30; sent += 1) statuses.add((await ada.post(path, { token })).status);
  expect(statuses).toEqual(new Set([400]));
  expect((await ada.post(path, { token })).status).toBe(429);
  expect((await bob.post(path, { token: other })).status).toBe(400);
});

it("writes no person's token, no code and no session into its log", async () => {
  const ada = await signedIn("ada");
  const { tokens } = talk.hosted.sandbox.state;
  const log = talk.hosted.log.join("");
  for (const secret of [...tokens.keys(), talk.hosted.config.GITHUB_CLIENT_SECRET ?? "", ...ada.cookies.values()])
    expect(log.includes(secret)).toBe(false);
});
