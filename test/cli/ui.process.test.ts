import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished, vi } from "vitest";
import { createModel } from "../../core/acts/create-model.ts";
import { git } from "../../core/git/run.ts";
import { plainHost } from "../acts/plain-host.ts";
import { openBrowser } from "../app/server/portal/browser.ts";
import { gitIdentity, slipway, temporaryFolder } from "./memory-host.ts";

gitIdentity();

/** `slipway ui` as somebody starts it; `stop` is Ctrl-C. */
async function served(args: string[] = [], folder?: string) {
  const cwd = folder ?? (await modelsFolder());
  const interruption = new AbortController();
  let printed = "";
  let said = "";
  let told: () => void = () => {};
  const listening = new Promise<void>((resolve) => {
    told = resolve;
  });
  const write = (text: string) => {
    printed += text;
    told();
  };
  const stderr = {
    write: (text: string) => {
      said += text;
    },
  };
  const command = ["ui", "--port", "0", "--json", ...args];
  const ended = slipway(command, { cwd, signal: interruption.signal, stdout: { write }, stderr });
  const stop = () => {
    interruption.abort(new Error("stopped"));
    return ended;
  };
  onTestFinished(async () => void (await stop()));
  await Promise.race([listening, ended]);
  const { url } = JSON.parse(printed).result as { url: string };
  const { origin: home } = new URL(url);
  return { url, home, stop, printed: () => printed, next: () => said.match(/http:\S+/g)?.at(-1) ?? "" };
}

async function modelsFolder(): Promise<string> {
  const ports = await plainHost();
  await createModel(ports, { name: "churn", by: { name: "Ada", id: "ada@example.org" } });
  return ports.workspace.folder;
}

/** A browser that opened the printed address. */
async function inside(args: string[] = [], folder?: string) {
  const ui = await served(args, folder);
  const browser = openBrowser(ui.home);
  await browser.get(ui.url);
  return { ...ui, browser };
}

it("lets one browser in by the printed address, and prints another one for the next", async () => {
  const { url, home, next } = await served();
  expect(new URL(url).searchParams.get("token")).toMatch(/^[\w-]{43}$/);
  const browser = openBrowser(home);
  const first = await browser.get(url);
  expect(first).toMatchObject({ status: 303, location: "/" });
  expect((await browser.get("/")).text).toContain("churn");

  const late = openBrowser(home);
  expect((await late.get(url)).status).toBe(403);
  expect((await late.get("/")).status).toBe(401);
  expect(next()).not.toBe(url);
  expect((await late.get(next())).status).toBe(303);
  expect((await late.get("/")).text).toContain("churn");
});

it("leads a browser that is in to the pages, whatever old address it opens", async () => {
  const { browser, url } = await inside();
  expect(await browser.get(url)).toMatchObject({ status: 303, location: "/" });
});

it("keeps the cookie from scripts and from every other site, by a name with its port", async () => {
  const { url, home } = await served();
  const cookie = (await openBrowser(home).get(url)).headers.get("set-cookie") ?? "";
  expect(cookie).toMatch(
    new RegExp(`^slipway-ui-${new URL(home).port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`),
  );
});

it.each(["", "a".repeat(43), "undefined"])("lets nobody in by the token %j", async (token) => {
  const { home } = await served();
  expect((await openBrowser(home).get(`/?token=${token}`)).status).toBe(403);
});

it("spends no token on a question for the headers alone", async () => {
  const { url, home } = await served();
  await fetch(url, { method: "HEAD", redirect: "manual" });
  expect((await openBrowser(home).get(url)).status).toBe(303);
});

it("shows nobody a page without the cookie, nor with a guessed one", async () => {
  const { home, browser } = await inside();
  const [[name] = [""]] = [...browser.cookies];
  const thief = openBrowser(home);
  for (const cookie of [undefined, "a".repeat(43)]) {
    if (cookie !== undefined) thief.cookies.set(name, cookie);
    for (const path of ["/", "/m/churn", "/timeline.csv", "/experiments"]) {
      const { status, text } = await thief.get(path);
      expect(status === 401 || status === 404).toBe(true);
      expect(text).not.toContain("churn");
    }
    expect((await thief.get("/")).text).toContain("printed last");
    expect((await thief.post("/acts/describe", { model: "churn" })).status).toBe(401);
  }
});

/** Asks by another name than the server's own, as a page does whose name was pointed here (DNS rebinding). */
async function askAs(url: string, headers: Record<string, string>) {
  const { hostname, port, pathname, search } = new URL(url);
  const sent = request({ hostname, port, path: pathname + search, headers });
  sent.end();
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  answer.resume();
  return { status: answer.statusCode, cookie: answer.headers["set-cookie"] };
}

it("answers to this machine's own names, and to no other, also for its style and for the token", async () => {
  const { url, home, browser, next } = await inside();
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const { port } = new URL(home);
  for (const host of [`evil.example:${port}`, "evil.example", `127.0.0.1.evil.example:${port}`, `0.0.0.0:${port}`]) {
    for (const path of [`${home}/`, `${home}/assets/portal.css`, next()])
      expect(await askAs(path, { host, cookie })).toEqual({ status: 403, cookie: undefined });
  }
  expect((await askAs(`${home}/`, { host: `localhost:${port}`, cookie })).status).toBe(200);
  expect((await askAs(next(), { host: `127.0.0.1:${port}` })).status).toBe(303);
  expect(url).not.toBe(next());
});

it("gives pages of other sites nothing", async () => {
  const { browser, next } = await inside();
  for (const headers of [{ origin: "https://evil.example" }, { origin: "null" }, { "sec-fetch-site": "cross-site" }])
    for (const path of ["/", "/assets/portal.js", next()])
      expect((await browser.get(path, headers as Record<string, string>)).status).toBe(403);
});

it("changes nothing unless it is told to", async () => {
  const { browser } = await inside();
  const { text } = await browser.get("/");
  expect(text).toContain("read-only");
  expect(text).not.toContain('method="post"');
  expect((await browser.post("/acts/describe", { model: "churn", text: "Who leaves." })).text).toContain("READ_ONLY");
});

it("acts as Git's user with --write, once for each form", async () => {
  const folder = await modelsFolder();
  const { browser } = await inside(["--write"], folder);
  const fields = { token: await browser.formToken("/m/churn"), model: "churn", text: "Who leaves." };
  for (const _ of [1, 2]) expect((await browser.post("/acts/describe", fields)).status).toBe(303);
  const log = (await git(folder, ["log", "--format=%an %s", "registry"])).toString().trim().split("\n");
  expect(log).toEqual([expect.stringMatching(/^Ada Lovelace .*churn/), expect.stringMatching(/^Ada /)]);
  expect((await browser.get("/m/churn")).text).toContain("Who leaves.");
});

it("takes no form with another browser's token", async () => {
  const { browser, home, next } = await inside(["--write"]);
  const other = openBrowser(home);
  await other.get(next());
  const token = await other.formToken("/m/churn");
  expect((await browser.post("/acts/describe", { token, model: "churn", text: "x" })).status).toBe(403);
});

it.each([
  [
    "another port of this machine",
    (home: string) => ({ origin: home.replace(/\d+$/, "1"), "sec-fetch-site": "same-site" }),
  ],
  ["another site", () => ({ origin: "https://evil.example", "sec-fetch-site": "cross-site" })],
  ["a page without an origin", () => ({ origin: "null", "sec-fetch-site": undefined })],
  ["JSON", () => ({ "content-type": "application/json" })],
])("takes no form of %s", async (_, headers) => {
  const { browser, home } = await inside(["--write"]);
  expect((await browser.post("/acts/describe", { model: "churn" }, headers(home))).status).toBe(403);
});

it("prints its document first, and ends without a failure", async () => {
  const { url, stop, printed } = await served();
  expect(JSON.parse(printed())).toMatchObject({ command: "ui", ok: true, result: { url } });
  const { code } = await stop();
  expect(code).toBe(0);
  await expect(fetch(url)).rejects.toThrow();
});

it("says that the port is taken", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  const { code, stderr } = await slipway(["ui", "--port", String(port)], { cwd: await modelsFolder() });
  expect(code).toBe(2);
  expect(stderr).toContain("another program listens there already");
});

it.each([
  [["--host", "0.0.0.0"], "others would reach these pages"],
  [["--host", "192.168.1.7"], "others would reach these pages"],
  [["--port", "x"], "x is no port"],
])("refuses %j", async (args, message) => {
  const { code, stderr } = await slipway(["ui", ...args], { cwd: await modelsFolder() });
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});

it.each(["localhost", "::1"])("listens on %s where it is told to", async (host) => {
  const { url, home } = await served(["--host", host]);
  expect((await openBrowser(home).get(url)).status).toBe(303);
});

it.each([
  ["a repository without a commit", ["init", "-q"]],
  ["a bare repository", ["init", "-q", "--bare"]],
])("says in %s what to do first", async (_, init) => {
  const folder = await temporaryFolder();
  await git(folder, init);
  const { browser } = await inside([], folder);
  const { status, text } = await browser.get("/");
  expect(status).toBe(200);
  expect(text).toContain('class="empty"');
});

it("shows pages where Git knows no user, and lets nobody act", async () => {
  for (const who of ["AUTHOR", "COMMITTER"])
    for (const what of ["NAME", "EMAIL"]) vi.stubEnv(`GIT_${who}_${what}`, undefined);
  const folder = await temporaryFolder();
  await git(folder, ["init", "-q"]);
  await git(folder, ["config", "user.useConfigOnly", "true"]);
  const { browser } = await inside([], folder);
  expect((await browser.get("/")).status).toBe(200);
  const { code, stderr } = await slipway(["ui", "--port", "0", "--write"], { cwd: folder });
  expect(code).toBe(2);
  expect(stderr).toContain("Git does not know who you are");
});
