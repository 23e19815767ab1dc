import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { readConfig } from "../../app/server/config.ts";
import { type AddedApp, type Sandbox, startSandbox } from "../../tools/sandbox/start.ts";
import { type AppProcess, startAppProcess, until } from "../helpers/app-process.ts";
import { gate } from "../helpers/gate.ts";

const SECRET = "a-secret-of-the-tests-alone";
const ABOUT = { owner: "acme", repo: "models" };

let sandbox: Sandbox;
let added: AddedApp;
let folder: string;
let app: AppProcess | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "slipway-process-"));
  sandbox = await startSandbox();
  added = await sandbox.addApp({
    slug: "slipway",
    permissions: { issues: "write", contents: "write", pull_requests: "write", checks: "write", actions: "write" },
    events: ["issue_comment", "pull_request"],
  });
  sandbox.addUser("ada");
  const files = { "slipway.yaml": "slipway: 1\n" };
  await sandbox.addRepository({ ...ABOUT, name: "models", collaborators: { ada: "admin" }, files });
});

afterEach(async () => {
  await app?.end("SIGKILL");
  app = undefined;
  await sandbox.close();
  // The Git of an App that was killed may still end its work here.
  await rm(folder, { recursive: true, maxRetries: 5 });
});

async function start(environment: Record<string, string> = {}, args: readonly string[] = []): Promise<AppProcess> {
  const whole = {
    APP_ID: String(added.id),
    PRIVATE_KEY: added.privateKey,
    WEBHOOK_SECRET: SECRET,
    GITHUB_API_URL: sandbox.url,
    LOG_LEVEL: "trace",
    SLIPWAY_STATE: join(folder, "state"),
  };
  app = await startAppProcess({ ...whole, ...environment }, { folder, args });
  return app;
}

test("it refuses to start without its secrets, and says what is missing", async () => {
  await expect(start({ WEBHOOK_SECRET: "", PRIVATE_KEY: "" })).rejects.toThrow(
    /^exit 2: .*WEBHOOK_SECRET, PRIVATE_KEY/s,
  );
});

test("it serves webhooks and pages, prints no secret at any level, and stops in order with its Git processes", async () => {
  const { url, printed, end } = await start();
  added.setWebhook(`${url}/api/github/webhooks`, SECRET);
  await added.install("acme/models");
  const ada = sandbox.octokit("ada");
  const { data: issue } = await ada.rest.issues.create({ ...ABOUT, title: "Talk" });
  await ada.rest.issues.createComment({ ...ABOUT, issue_number: issue.number, body: "/help" });
  await sandbox.idle();
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({ ready: true });
  await until(async () =>
    /deliveries_total\{event="installation",outcome="accepted"\} 1/.test(await (await fetch(`${url}/metrics`)).text()),
  );
  await until(() => printed().includes('"caught up with GitHub"'));
  expect(await end("SIGTERM")).toBe(0);
  expect(printed()).toContain('"msg":"stopped"');
  const processes = execFileSync("ps", ["-eo", "args"]).toString();
  expect(processes).not.toContain(join(folder, "state"));
  const secrets = [
    SECRET,
    ...added.privateKey.split("\n").filter((line) => line && !line.startsWith("-----")),
    ...sandbox.state.tokens.keys(),
  ];
  for (const secret of secrets) expect(printed()).not.toContain(secret);
  expect(printed()).not.toMatch(/eyJ[\w-]{10,}\.|(?:basic|bearer|token) [A-Za-z0-9+/_.-]{20,}/i);
});

/** GitHub's answer to who brings a registration's code. */
async function registration() {
  const asked: string[] = [];
  const secrets = { client_secret: "b".repeat(40), webhook_secret: "c".repeat(40), pem: added.privateKey };
  const made = { id: 12, client_id: "Iv23a", html_url: "https://github.com/apps/slipway", ...secrets };
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(201, { "content-type": "application/json" }).end(JSON.stringify(made));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { asked, made, api: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const UNSET = { APP_ID: "", PRIVATE_KEY: "", WEBHOOK_SECRET: "" };

test("set-up registers app.yml with the App's addresses, and keeps what GitHub answers for its owner alone", async () => {
  execFileSync("cp", ["app.yml", folder]);
  const { asked, made, api } = await registration();
  const address = "https://slipway.example.org";
  const { url } = await start({ ...UNSET, GITHUB_API_URL: api }, ["setup", address]);
  const page = await (await fetch(url)).text();
  const manifest = JSON.parse((/name="manifest" value="([^"]+)"/.exec(page)?.[1] ?? "{}").replaceAll("&quot;", '"'));
  expect(manifest).toMatchObject({
    hook_attributes: { url: `${address}/api/github/webhooks` },
    callback_urls: [`${address}/login/callback`],
    redirect_url: `${url}/registered`,
    public: false,
    default_permissions: { contents: "write", checks: "write" },
  });
  const [, state] = /settings\/apps\/new\?state=([\w-]+)"/.exec(page) ?? [];
  const env = join(folder, ".env");
  expect((await fetch(`${url}/registered?code=abc&state=guessed`)).status).toBe(403);
  expect(existsSync(env)).toBe(false);
  const done = await fetch(`${url}/registered?code=abc&state=${state}`, { redirect: "manual" });
  expect(done.headers.get("location")).toBe(`${made.html_url}/installations/new`);
  expect(asked).toEqual(["POST /app-manifests/abc/conversions"]);
  expect(statSync(env).mode & 0o777).toBe(0o600);
  const written = parseEnv(readFileSync(env, "utf8"));
  expect(readConfig(written)).toMatchObject({
    ...{ APP_ID: 12, WEBHOOK_SECRET: made.webhook_secret, GITHUB_API_URL: api },
    ...{ GITHUB_CLIENT_ID: "Iv23a", GITHUB_CLIENT_SECRET: made.client_secret, SLIPWAY_URL: address },
  });
});

test("set-up refuses to register an App without its manifest, which would have no permissions and be public", async () => {
  const without = start(UNSET, ["setup", "https://slipway.example.org"]);
  await expect(without).rejects.toThrow(/^exit 2: There is no app.yml in this folder/);
});

test("a second App with the same state folder does not start, and the next one after a kill does", async () => {
  const first = await start();
  await expect(start()).rejects.toThrow(/^exit 1: .*running the App with this state folder/s);
  await first.end("SIGKILL");
  await start();
});

test("readiness says that the key is not the App's", async () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const { url } = await start({ PRIVATE_KEY: privateKey.export({ type: "pkcs1", format: "pem" }).toString() });
  const answer = await fetch(`${url}/readyz`);
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ ready: false, github: "PRIVATE_KEY is not the App's" });
});

test("asked to stop, it says that it is not ready for as long as a handler runs", async () => {
  const { url, end } = await start();
  added.setWebhook(`${url}/api/github/webhooks`, SECRET);
  await added.install("acme/models");
  const ada = sandbox.octokit("ada");
  const { data: issue } = await ada.rest.issues.create({ ...ABOUT, title: "Talk" });
  const { open, opened } = gate();
  const path = /contents|collaborators|comments|graphql|reactions/;
  sandbox.faults.api({ kind: "slow", path, method: "GET", until: () => opened, times: 20 });
  await ada.rest.issues.createComment({ ...ABOUT, issue_number: issue.number, body: "/help" });
  await sandbox.idle();
  const ended = end("SIGTERM");
  await until(async () => (await fetch(`${url}/readyz`)).status === 503);
  expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({ ready: false, stopping: true });
  open();
  expect(await ended).toBe(0);
});
