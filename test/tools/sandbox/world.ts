import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import { afterAll, afterEach, expect } from "vitest";
import { type AddedApp, type Sandbox, type SandboxOptions, startSandbox } from "../../../tools/sandbox/start.ts";
import type { Repo } from "../../../tools/sandbox/state.ts";
import { newKeys } from "../../../tools/sandbox/world/apps.ts";
import { watch } from "./github-schemas.ts";

export interface Received {
  event: string;
  headers: Record<string, string>;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks where GitHub's payload has it.
  payload: any;
  body: string;
}

/** A stand-in with three people, a repository and an App that listens. What it says is checked after each test. */
export interface World {
  sandbox: Sandbox;
  repo: Repo;
  /** `{ owner, repo }` for Octokit. */
  at: { owner: string; repo: string };
  app: AddedApp;
  installation: number;
  /** What the App was sent so far. */
  received: Received[];
  /** What the App's server answers; 202 at first. */
  answer: { status: number };
  /** Acts as the App itself, by its JWT. */
  asApp: Octokit;
  /** Acts with an installation token. */
  asInstallation: Octokit;
  seen: Set<string>;
  clone(login: string, url?: string): Promise<Clone>;
}

export interface Clone {
  folder: string;
  /** Resolves to standard output and error. Rejects where Git fails, with both in the message. */
  git(...args: string[]): Promise<string>;
  commit(files: Readonly<Record<string, string>>, message?: string): Promise<string>;
}

const PERMISSIONS = {
  actions: "write",
  administration: "read",
  checks: "write",
  contents: "write",
  deployments: "write",
  issues: "write",
  members: "read",
  merge_queues: "read",
  pull_requests: "write",
} as const;

const EVENTS =
  "push pull_request issues issue_comment check_run check_suite workflow_run merge_group deployment deployment_status";

const ended: (() => Promise<void>)[] = [];
const kept: (() => Promise<void>)[] = [];
const endAll = async (ends: (() => Promise<void>)[]) => {
  for (const end of ends.splice(0)) await end();
};
afterEach(() => endAll(ended));
afterAll(() => endAll(kept));

/** Making a key takes longer than all the rest. */
const keys = newKeys();

export interface WorldOptions extends SandboxOptions {
  private?: boolean;
  /** Until the file's last test, and not this one's end. */
  keep?: boolean;
}

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const { observer, problems, seen } = watch();
  const sandbox = await startSandbox({ observer, ...options });
  const received: Received[] = [];
  const answer = { status: 202 };
  const listener = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      const headers = request.headers as Record<string, string>;
      received.push({ event: headers["x-github-event"] ?? "", headers, payload: JSON.parse(body), body });
      response.writeHead(answer.status).end();
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const webhookUrl = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/hook`;
  const folders: string[] = [];
  (options.keep ? kept : ended).push(async () => {
    await sandbox.close();
    listener.close();
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
    expect(problems).toEqual([]);
  });
  sandbox.addUser("ada", "Ada Lovelace");
  sandbox.addUser("bob");
  sandbox.addUser("eve");
  const repo = await sandbox.addRepository({
    owner: "acme",
    name: "models",
    private: options.private ?? false,
    collaborators: { ada: "write", bob: "admin" },
    files: { "README.md": "# Models\n", "models/a.txt": "1\n" },
  });
  const wanted = {
    slug: "robot",
    permissions: PERMISSIONS,
    events: EVENTS.split(" "),
    webhookUrl,
    webhookSecret: "hush",
    keys: await keys,
  };
  const app = await sandbox.addApp(wanted);
  const installation = await app.install(repo.fullName);
  const auth = { appId: app.id, privateKey: app.privateKey };
  const client = (more = {}) => {
    const baseUrl = sandbox.url;
    const quiet = { debug() {}, info() {}, warn() {}, error() {} };
    return new Octokit({ authStrategy: createAppAuth, auth: { ...auth, ...more }, baseUrl, log: quiet });
  };
  return {
    sandbox,
    repo,
    at: { owner: "acme", repo: "models" },
    app,
    installation,
    received,
    answer,
    seen,
    asApp: client(),
    asInstallation: client({ installationId: installation }),
    async clone(login, url = sandbox.gitUrl(login, repo.fullName)) {
      const folder = await mkdtemp(join(tmpdir(), "sandbox-clone-"));
      folders.push(folder);
      const git = (...args: string[]) => run(folder, args);
      await git("clone", "-q", url, ".");
      return {
        folder,
        git,
        async commit(files, message = "Change") {
          for (const [path, text] of Object.entries(files)) await writeFile(join(folder, path), text);
          await git("add", "-A");
          const who = ["-c", `user.name=${login}`, "-c", `user.email=${login}@example.org`];
          await git(...who, "commit", "-q", "--allow-empty", "-m", message);
          return (await git("rev-parse", "HEAD")).trim();
        },
      };
    },
  };
}

/** A branch with one commit, pushed by ada, and a pull request of hers from it. */
export async function openPull(
  world: World,
  files: Record<string, string> = { "models/a.txt": "2\n" },
  branch = "change",
) {
  const clone = await world.clone("ada");
  await clone.git("checkout", "-q", "-b", branch);
  const head = await clone.commit(files, `Change ${branch}`);
  await clone.git("push", "-q", "origin", branch);
  const ada = world.sandbox.octokit("ada");
  const { data } = await ada.rest.pulls.create({ ...world.at, head: branch, base: "main", title: `The ${branch}` });
  return { clone, head, number: data.number, pull: data, ada };
}

function run(folder: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, GIT_TERMINAL_PROMPT: "0" };
    execFile("git", ["-C", folder, ...args], { env, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout + stderr);
      else reject(new Error(`git ${args[0]}: ${stdout}${stderr}`));
    });
  });
}

/** The status of a call that is refused; 0 where it was not. */
export function refusal(call: Promise<unknown>): Promise<{ status: number; message: string }> {
  return call.then(
    () => ({ status: 0, message: "" }),
    (error) => ({ status: error.status, message: error.message }),
  );
}
