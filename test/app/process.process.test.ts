import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freePort } from "../../tools/free-port.ts";
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

test("set-up serves Probot's pages, whose manifest is app.yml with the address that GitHub will send to", async () => {
  execFileSync("cp", ["app.yml", folder]);
  const address = "https://slipway.example.org";
  // Probot's own server takes no 0.
  const PORT = String(await freePort());
  const { url } = await start({ APP_ID: "", PRIVATE_KEY: "", WEBHOOK_SECRET: "", PORT }, ["setup", address]);
  const page = await (await fetch(`${url}/probot`)).text();
  const manifest = JSON.parse(/name="manifest" id="manifest" value='([^']+)'/.exec(page)?.[1] ?? "{}");
  expect(manifest).toMatchObject({
    hook_attributes: { url: `${address}/api/github/webhooks` },
    public: false,
    default_permissions: { contents: "write", checks: "write" },
  });
});

test("set-up refuses to register an App without its manifest, which would have no permissions and be public", async () => {
  const without = start({ APP_ID: "", PRIVATE_KEY: "", WEBHOOK_SECRET: "" }, ["setup", "https://slipway.example.org"]);
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
