import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import { beforeAll, expect, it, onTestFinished } from "vitest";
import { readGitHubFiles } from "../../../cli/init/github.ts";
import { startSandbox } from "../../../tools/sandbox/start.ts";
import { PACKAGE_ROOT } from "../../cli/memory-host.ts";

const exec = promisify(execFile);
const at = { owner: "acme", repo: "models" };

/** The JSON files under .github/rulesets/ as `slipway init --github` writes them. */
let rulesets: { app: string[]; bot: string[] };
beforeAll(async () => {
  const of = async (bot: boolean) => {
    const { files } = await readGitHubFiles(PACKAGE_ROOT, "main", bot);
    return [...files].filter(([file]) => file.startsWith(".github/rulesets/")).map(([, content]) => String(content));
  };
  rulesets = { app: await of(false), bot: await of(true) };
});

/** A repository with the rulesets imported by its admin, and a way to push with a token's address. */
async function guarded(bot: boolean) {
  const folder = await mkdtemp(path.join(tmpdir(), "slipway-rulesets-"));
  const sandbox = await startSandbox();
  onTestFinished(async () => {
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  });
  sandbox.addUser("root");
  const files = { "README.md": "" };
  await sandbox.addRepository({ owner: "acme", name: "models", collaborators: { root: "admin" }, files });
  const app = await sandbox.addApp({
    slug: "slipway",
    permissions: { contents: "write", checks: "write" },
    events: [],
  });
  await app.install("acme/models");
  for (const text of bot ? rulesets.bot : rulesets.app) {
    const body = JSON.parse(text.replace(/(actor_id|integration_id)": 0/g, `$1": ${app.id}`));
    await sandbox.octokit("root").request("POST /repos/{owner}/{repo}/rulesets", { ...at, ...body });
  }
  const git = (...args: string[]) => exec("git", ["-C", folder, "-c", "user.name=A", "-c", "user.email=a@b", ...args]);
  await git("clone", "-q", sandbox.gitUrl("root", "acme/models"), ".");
  const commit = () => git("commit", "-q", "--allow-empty", "-m", "x");
  const push = async (token: string, ...refs: string[]) => {
    const url = `${sandbox.url.replace("://", `://x:${token}@`)}/acme/models.git`;
    const end = await git("push", "-q", url, ...refs).catch((error: { stderr: string }) => error);
    return /GH013|denied|refus|rejected/i.test(end.stderr) ? "refused" : "done";
  };
  return { sandbox, app, commit, push };
}

type Guarded = Awaited<ReturnType<typeof guarded>>;

async function appToken({ sandbox, app }: Guarded): Promise<string> {
  const auth = { appId: app.id, privateKey: app.privateKey };
  const asApp = new Octokit({ authStrategy: createAppAuth, auth, baseUrl: sandbox.url });
  const { data } = await asApp.rest.apps.getRepoInstallation(at);
  const { data: made } = await asApp.rest.apps.createInstallationAccessToken({ installation_id: data.id });
  return made.token;
}

const rootToken = ({ sandbox }: Guarded) => new URL(sandbox.gitUrl("root", "acme/models")).password;

async function expectOneWriter(world: Guarded, writer: string, others: readonly string[]): Promise<void> {
  const branches = ["registry", "experiments", "deploy", "monitoring"].map((name) => `refs/heads/${name}`);
  const tags = ["refs/tags/penguins@v1.0.0", "refs/tags/penguins#production#1"];
  const refs = [...branches, ...tags].map((ref) => `HEAD:${ref}`);
  for (const token of others)
    for (const ref of refs) expect({ ref, end: await world.push(token, ref) }).toEqual({ ref, end: "refused" });
  for (const ref of refs) expect({ ref, end: await world.push(writer, ref) }).toEqual({ ref, end: "done" });
  await world.commit();
  for (const branch of branches) {
    for (const token of others) expect(await world.push(token, `HEAD:${branch}`)).toBe("refused");
    expect(await world.push(writer, `HEAD:${branch}`)).toBe("done");
  }
  for (const token of [writer, ...others]) {
    for (const branch of branches) {
      expect(await world.push(token, `+HEAD~1:${branch}`)).toBe("refused");
      expect(await world.push(token, `:${branch}`)).toBe("refused");
    }
    expect(await world.push(token, ":refs/tags/penguins@v1.0.0")).toBe("refused");
    expect(await world.push(token, "+HEAD:refs/tags/penguins#production#1")).toBe("refused");
  }
}

it("leaves the registry and its tags to the App, not to an admin, and lets nobody rewrite them", async () => {
  const world = await guarded(false);
  const key = world.sandbox.addDeployKey("acme/models", "somebody's").token;
  await expectOneWriter(world, await appToken(world), [rootToken(world), key]);
});

it("leaves them to a deploy key with --bot", async () => {
  const world = await guarded(true);
  const key = world.sandbox.addDeployKey("acme/models", "slipway-bot").token;
  await expectOneWriter(world, key, [rootToken(world), await appToken(world)]);
});

it("leaves other branches and tags to people", async () => {
  const world = await guarded(false);
  const refs = ["HEAD:refs/heads/feature", "HEAD:refs/tags/v1", "HEAD:refs/heads/registry-2"];
  for (const ref of refs) expect({ ref, end: await world.push(rootToken(world), ref) }).toEqual({ ref, end: "done" });
});

it("lets a pull request be merged once the App's own check passed, and not by another App's of that name", async () => {
  const world = await guarded(false);
  const { sandbox } = world;
  await world.commit();
  await world.push(rootToken(world), "HEAD:refs/heads/change");
  const root = sandbox.octokit("root");
  const { data: pull } = await root.rest.pulls.create({ ...at, title: "Change", head: "change", base: "main" });
  const merge = () =>
    root.rest.pulls.merge({ ...at, pull_number: pull.number }).then(
      ({ status }) => status,
      (error: { status: number }) => error.status,
    );
  const check = async (by: Guarded) => {
    const octokit = new Octokit({ auth: await appToken(by), baseUrl: sandbox.url });
    const done = { status: "completed", conclusion: "success" } as const;
    await octokit.rest.checks.create({ ...at, name: "Slipway", head_sha: pull.head.sha, ...done });
  };
  expect(await merge()).toBe(405);
  const other = await sandbox.addApp({ slug: "other", permissions: { checks: "write" }, events: [] });
  await other.install("acme/models");
  await check({ ...world, app: other });
  expect(await merge()).toBe(405);
  await check(world);
  expect(await merge()).toBe(200);
});
