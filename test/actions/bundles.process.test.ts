import { execFile } from "node:child_process";
import { cp, mkdir, readdir, readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { publishWithRetry } from "../../core/registry/commit-act.ts";
import { registrationChange } from "../../core/registry/records.ts";
import { manifest, promote } from "../registry/builders.ts";
import { temporaryFolder } from "../runtime/temporary.ts";
import { arrangeModels } from "../stages/models.ts";
import { ACTIONS } from "./release.ts";

const BUNDLES = join(import.meta.dirname, "../../dist/actions");

interface Ended {
  code: number;
  stdout: string;
  outputs: string;
  summary: string;
}

/** Starts a bundle as a runner does, from a folder without any package beside it. */
async function start(name: string, env: Record<string, string>, event: object = {}): Promise<Ended> {
  const root = temporaryFolder({ output: "", summary: "", "event.json": JSON.stringify(event) });
  await cp(BUNDLES, join(root, "actions"), { recursive: true });
  await mkdir(join(root, "temp"));
  const own = {
    PATH: process.env["PATH"] ?? "",
    GITHUB_OUTPUT: join(root, "output"),
    GITHUB_STEP_SUMMARY: join(root, "summary"),
    GITHUB_EVENT_PATH: join(root, "event.json"),
    RUNNER_TEMP: join(root, "temp"),
  };
  const { code, stdout } = await new Promise<{ code: number; stdout: string }>((resolve) => {
    const options = { env: { ...own, ...env }, cwd: root };
    execFile(process.execPath, [join(root, "actions", name, "dist/main.js")], options, (error, stdout, stderr) => {
      expect(stderr).toBe("");
      resolve({ code: Number(error?.code ?? 0), stdout });
    });
  });
  const text = (file: string) => readFile(join(root, file), "utf8");
  return { code, stdout, outputs: await text("output"), summary: await text("summary") };
}

const runner = (server: string, event: string): Record<string, string> => ({
  ...{ GITHUB_ACTIONS: "true", GITHUB_EVENT_NAME: event, GITHUB_REPOSITORY: "acme/models", GITHUB_SERVER_URL: server },
  ...{ GITHUB_RUN_ID: "77", GITHUB_RUN_ATTEMPT: "1", GITHUB_REF: "refs/heads/main" },
});

const reach = (server: string, folder: string) => ({
  ...{ GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: `url.file://${folder}/.git.insteadOf` },
  GIT_CONFIG_VALUE_0: `${server}/acme/models.git`,
});

it.each(ACTIONS)("%s stands by itself, and says what it misses as an annotation", async (name) => {
  const { code, stdout } = await start(name, {});
  expect(code).toBe(1);
  expect(stdout).toMatch(/^::error title=USAGE::.+%0AExpected: /);
});

it("brings the licences of what is in the bundles, beside them", async () => {
  const text = await readFile(join(BUNDLES, "chunks/LICENSES.txt"), "utf8");
  const named = [...text.matchAll(/^(\S+) \d+\.\d+\S* \(.+\)$/gm)].map(([, name]) => name);
  expect(named).toEqual(expect.arrayContaining(["zod", "@actions/core", "@actions/artifact", "yauzl"]));
});

it("plans a push", async () => {
  const { commit, repository } = await arrangeModels();
  const server = "http://models.test";
  const event = {
    repository: { default_branch: "main", full_name: "acme/models" },
    before: "0".repeat(40),
    after: commit,
  };
  const env = { ...runner(server, "push"), ...reach(server, repository.folder), GITHUB_SHA: commit };
  const { code, outputs, summary, stdout } = await start("plan", env, event);
  expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  expect(outputs).toMatch(/^matrix<<(ghadelimiter_\S+)\n\{"include":\[\{"model":"tiny",.*\n\1\ncount<</);
  expect(summary).toMatch(/1 changed model/);
});

/** A promoted version, its repository in reach of an Action, and the event of its deployment. */
async function promotedOnce() {
  const { ports, repository } = await arrangeModels();
  const artifact = await ports.store.putFolder(temporaryFolder({ "model.json": "{}" }));
  await publishWithRetry(ports.registry, async () =>
    registrationChange({ manifest: manifest({ model: "tiny", artifact }), record: undefined }),
  );
  const { id: decision } = await promote(ports.registry, 1, { model: "tiny" });
  const server = "http://models.test";
  const promoted = { model: "tiny", version: 1, stage: "production", decision, artifact_sha256: artifact.sha256 };
  const event = {
    repository: { default_branch: "main", full_name: "acme/models" },
    deployment: { id: 5, payload: { slipway: 1, ...promoted } },
  };
  const env = { ...runner(server, "deployment"), ...reach(server, repository.folder), INPUT_TOKEN: "t0ken" };
  return { server, event, env };
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it("marks a deployment and brings its artifact, by GitHub's API", async () => {
  const { server, event, env } = await promotedOnce();
  const asked: unknown[] = [];
  const api = createServer((request, response) => {
    let body = "";
    request.on("data", (text) => {
      body += text;
    });
    request.on("end", () => {
      const { authorization } = request.headers;
      asked.push({ method: request.method, url: request.url, authorization, body: JSON.parse(body) });
      response.writeHead(201, { "content-type": "application/json" }).end("{}");
    });
  });
  const GITHUB_API_URL = await listening(api);
  const { code, outputs, stdout } = await start("deploy", { ...env, GITHUB_API_URL }, event);
  expect({ code, said: stdout.replaceAll("::add-mask::t0ken\n", "") }).toEqual({ code: 0, said: "" });
  expect(outputs).toMatch(/path<<(\S+)\n\/.*\/tiny\n\1/);
  expect(asked).toMatchObject([
    {
      ...{ method: "POST", url: "/repos/acme/models/deployments/5/statuses", authorization: "token t0ken" },
      body: { state: "in_progress", auto_inactive: false, log_url: `${server}/acme/models/actions/runs/77` },
    },
  ]);
});

it("asks GitHub's API through the runner's proxy", async () => {
  const { event, env } = await promotedOnce();
  const asked: unknown[] = [];
  const proxy = createServer().on("connect", ({ url }, socket) => {
    asked.push(url);
    socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  });
  const http_proxy = await listening(proxy);
  const { code } = await start("deploy", { ...env, http_proxy, GITHUB_API_URL: "http://api.models.test" }, event);
  expect({ code, asked: asked[0] }).toEqual({ code: 1, asked: "api.models.test:80" });
});

it("brings GitHub's client of artifacts without Node's own HTTP client and undici, which take 50 ms to load", async () => {
  const chunks = await readdir(join(BUNDLES, "chunks"));
  const client = chunks.find((name) => /^artifact-\w+\.js$/.test(name)) ?? "";
  const script = `await import(${JSON.stringify(join(BUNDLES, "chunks", client))}); console.log(process.moduleLoadList.join());`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
  expect(stdout).toContain("NativeModule http,");
  expect(stdout).not.toMatch(/undici\/undici|NativeModule http2/);
});
