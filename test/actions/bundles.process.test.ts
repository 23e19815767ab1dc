import { execFile } from "node:child_process";
import { cp, mkdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
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

it("marks a deployment and brings its artifact, by GitHub's API", async () => {
  const { ports, repository } = await arrangeModels();
  const artifact = await ports.store.putFolder(temporaryFolder({ "model.json": "{}" }));
  await publishWithRetry(ports.registry, async () =>
    registrationChange({ manifest: manifest({ model: "tiny", artifact }), record: undefined }),
  );
  const { id: decision } = await promote(ports.registry, 1, { model: "tiny" });
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
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void api.close());
  const server = "http://models.test";
  const promoted = { model: "tiny", version: 1, stage: "production", decision, artifact_sha256: artifact.sha256 };
  const event = {
    repository: { default_branch: "main", full_name: "acme/models" },
    deployment: { id: 5, payload: { slipway: 1, ...promoted } },
  };
  const env = {
    ...{ ...runner(server, "deployment"), ...reach(server, repository.folder), INPUT_TOKEN: "t0ken" },
    GITHUB_API_URL: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
  };
  const { code, outputs, stdout } = await start("deploy", env, event);
  expect({ code, said: stdout.replaceAll("::add-mask::t0ken\n", "") }).toEqual({ code: 0, said: "" });
  expect(outputs).toMatch(/path<<(\S+)\n\/.*\/tiny\n\1/);
  expect(asked).toMatchObject([
    {
      ...{ method: "POST", url: "/repos/acme/models/deployments/5/statuses", authorization: "token t0ken" },
      body: { state: "in_progress", auto_inactive: false, log_url: `${server}/acme/models/actions/runs/77` },
    },
  ]);
});
