import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { duckdbPackages, isMusl } from "../../../actions/job/duckdb-packages.ts";
import { readGitHubFiles } from "../../../cli/init/github.ts";
import { WORKFLOWS } from "../../../core/github.ts";
import { PACKAGE_ROOT } from "../../cli/memory-host.ts";
import { POLICY } from "../tiny-model.ts";
import { type Attacker, FORGED, startAttacker } from "./attacker.ts";
import { type Models, type OpenPull, openModels, threshold } from "./models.ts";

// The real pipeline, and people's real programs in it.
let at: Models;
let attacker: Attacker;
let tools: string;
let own: OpenPull;
let fork: OpenPull;
let thief: OpenPull;
/** Before there was a thief. */
let registry: string | undefined;

const SECRETS = { HF: "hugging-face-secret", DEPLOY: "deploy-secret" };
const policy = (...train: string[]) => ({ ...POLICY, secrets: { train } });

beforeAll(async () => {
  attacker = await startAttacker(
    () => at,
    async (branch) => (branch === "poison" ? await poisonedTools() : {}),
  );
  tools = await mkdtemp(join(tmpdir(), "slipway-tools-"));
  // On one's own runner user code may have been in the cache before; a hosted one starts with none.
  at = await openModels({
    pipeline: "real",
    toolCache: tools,
    secrets: SECRETS,
    policy: policy("HF"),
    files: await caller(),
  });
  own = await at.pull("eve", "own", { ...attacker.files("tiny"), ...(await askingForMore()) });
  fork = await at.pull("mallory", "poison", { ...attacker.files("tiny") }, { fork: true });
  registry = await at.registry();
  thief = await at.pull("eve", "thief", { [WORKFLOWS.pulls.path]: THIEF, ...threshold(41) });
});
afterAll(async () => {
  await at.close();
  await attacker.close();
  await rm(tools, { recursive: true, force: true });
});

/** The workflow of `slipway init --github`, whose owner hands two secrets over. */
async function caller(): Promise<Record<string, string>> {
  const { files } = await readGitHubFiles(PACKAGE_ROOT, "main", false);
  const secrets = `{ "HF": \${{ toJSON(secrets.HF) }}, "DEPLOY": \${{ toJSON(secrets.DEPLOY) }} }`;
  const { path } = WORKFLOWS.pulls;
  const text = String(files.get(path)).replace(/# secrets:\n.*$/s, `secrets:\n      train: '${secrets}'\n`);
  return { [path]: text };
}

/** main's policy, with one more secret for training. */
async function askingForMore(): Promise<Record<string, string>> {
  const text = await (await at.clone("eve")).read("slipway.yaml");
  return { "slipway.yaml": text.replace("- HF", "- HF\n    - DEPLOY") };
}

/** A workflow that writes where only the App may, with the best token that it can ask for. */
const THIEF = `name: Slipway
on: pull_request
permissions: { contents: write, checks: write, pull-requests: write }
jobs:
  steal:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - run: |
          git tag tiny@v9.0.0
          git tag 'tiny#production#9'
          for ref in HEAD:refs/heads/registry HEAD:refs/heads/experiments refs/tags/tiny@v9.0.0 'refs/tags/tiny#production#9' HEAD:refs/heads/was-here
          do git push --force origin "$ref" || true
          done
`;

/**
 * DuckDB's packages as the tool cache would have them, with code of the attacker's; and from now on jobs have to look
 * there, since nothing is installed beside the Actions any more.
 */
async function poisonedTools(): Promise<Record<string, Buffer>> {
  const { root } = at.home;
  await rm(join(root, "package/node_modules"));
  const packages = duckdbPackages({ platform: process.platform, arch: process.arch, musl: isMusl() });
  const files: Record<string, Buffer> = {};
  for (const { name, version } of packages) {
    const folder = join(root, "poison", name);
    await mkdir(join(folder, "package"), { recursive: true });
    await writeFile(join(folder, "package/package.json"), JSON.stringify({ name, version, main: "index.js" }));
    await writeFile(join(folder, "package/index.js"), `require("fs").writeFileSync(${JSON.stringify(mark())}, "");`);
    execFileSync("tar", ["-czf", "package.tgz", "package"], { cwd: folder });
    const kept = `${name.replaceAll(/[@/]/g, "_")}-${version}.tgz`;
    const kind = `${process.platform}-${process.arch}${isMusl() ? "-musl" : ""}`;
    files[`slipway-duckdb/${packages[0]?.version}/${kind}/${kept}`] = await readFile(join(folder, "package.tgz"));
  }
  return files;
}

/** There once code of the poisoned packages has run. */
const mark = () => join(at.home.root, "poisoned");

it("shows what scoring found, whatever user code uploads under the results' names", async () => {
  expect(attacker.loot.get("own")?.uploaded).toEqual([200, 200]);
  const report = await at.report(own);
  expect(report).toContain("0.82");
  expect(report).not.toContain(String(FORGED));
  expect((await at.check(own)).conclusion).toBe("success");
});

it("gives user code the secrets that main's policy names, and none that the pull request asks for besides", async () => {
  const { env = {} } = attacker.loot.get("own") ?? {};
  expect(env["HF"]).toBe(SECRETS.HF);
  expect(JSON.stringify(env)).not.toContain(SECRETS.DEPLOY);
});

it("leaves no token of GitHub's in the processes above user code", async () => {
  for (const branch of ["own", "poison"]) expect(attacker.loot.get(branch)?.tokens).toEqual([]);
});

it("takes no line that user code prints for a command to the runner", async () => {
  const notes = [...at.repo.checks.values()].flatMap(({ annotations }) => annotations);
  expect(notes.filter(({ title, message }) => `${title} ${message}`.includes("pwned"))).toEqual([]);
});

it("gives a fork's code no secret, and reports on it all the same", async () => {
  const { env = {} } = attacker.loot.get("poison") ?? {};
  expect(JSON.stringify(env)).not.toMatch(/-secret/);
  expect(await at.report(fork)).toContain("From a fork, mallory/models");
});

it("loads nothing that user code put into the runner's tool cache", async () => {
  expect(attacker.loot.get("poison")?.poisoned).toBe(4);
  const run = [...at.repo.runs.values()].findLast(({ headBranch }) => headBranch === "poison");
  expect(run?.jobs.map(({ name }) => name)).toContain("pipeline / tiny / score");
  expect(existsSync(mark())).toBe(false);
});

it("lets a workflow that a pull request brings write neither the registry nor its tags", async () => {
  expect(await at.git("rev-parse", "refs/heads/was-here")).toMatch(/^[0-9a-f]{40}$/);
  expect(await at.registry()).toBe(registry);
  expect(await at.git("log", "--format=%an", "experiments")).toMatch(/^(slipway\[bot\]\n?)+$/);
  expect(await at.tags()).toEqual(["tiny@v1.0.0"]);
  expect((await at.check(thief)).conclusion).toBe("failure");
});
