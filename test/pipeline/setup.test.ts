import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { sha256 } from "../../core/canonical.ts";
import { git } from "../../core/git/run.ts";
import { findDescendants } from "../../core/pipeline/descendants.ts";
import { linkEnvironment } from "../../core/pipeline/environment-links.ts";
import { prepareEnvironment, readLocks, type SetupRequest } from "../../core/pipeline/setup.ts";
import { openWorkTree } from "../../core/source/worktree.ts";
import type { EnvironmentSpec, ModelSpec } from "../../schemas/model-spec.ts";
import { temporaryFolder } from "./temporary.ts";

const modelSpec = (environment: EnvironmentSpec): ModelSpec => {
  return { slipway: 1, task: "custom", data: {}, predict: { run: "true" }, metrics: {}, environment };
};

// Counts its runs outside of the tree, and installs one module beside the code.
const install = `echo run >> "$COUNT"; mkdir node_modules; cat package-lock.json > node_modules/installed`;

async function arrange(setup = install, files: Record<string, string> = {}) {
  const root = temporaryFolder({
    "repo/models/m/package-lock.json": "lock 1\n",
    "repo/models/m/train.mjs": "// code\n",
    ...files,
  });
  const repo = join(root, "repo");
  await git(repo, ["init", "-q"]);
  const tree = await openWorkTree(repo);
  const prepare = async (rest: { lock?: string[]; setup?: string; log?: string; signal?: AbortSignal } = {}) => {
    const spec = {
      setup: rest.setup ?? setup,
      lock: rest.lock ?? ["package-lock.json"],
      env: { COUNT: join(root, "count") },
    };
    const request: SetupRequest = {
      spec,
      folder: "models/m",
      code: (await tree.list()).map((entry) => entry.path),
      tree,
      locks: await readLocks({ folder: "models/m", spec: modelSpec(spec) }, tree),
      runtime: { platform: "p", arch: "a", programs: {} },
      cache: join(root, "cache"),
      caller: process.env,
      timeoutMs: 20_000,
      log: join(root, rest.log ?? "log"),
      signal: rest.signal,
    };
    return prepareEnvironment(request);
  };
  const runs = () => readFileSync(join(root, "count"), "utf8").trim().split("\n").length;
  return { root, repo, prepare, runs };
}

it("links what setup installed into an exported tree, at the same place", async () => {
  const { root, prepare } = await arrange();
  const { links, outcome } = await prepare();
  await linkEnvironment(join(root, "run"), links);
  expect(outcome).toBe("done");
  expect(readFileSync(join(root, "run/models/m/node_modules/installed"), "utf8")).toBe("lock 1\n");
});

it("is not run again while the locks are equal, whatever the code", async () => {
  const { repo, prepare, runs } = await arrange();
  await prepare();
  writeFileSync(join(repo, "models/m/train.mjs"), "// other code\n");
  expect((await prepare()).outcome).toBe("reused");
  expect(runs()).toBe(1);
});

it("is run again when a lock changes", async () => {
  const { repo, prepare, runs } = await arrange();
  await prepare();
  writeFileSync(join(repo, "models/m/package-lock.json"), "lock 2\n");
  await prepare();
  expect(runs()).toBe(2);
});

it("is keyed by all code where no lock is named", async () => {
  const { repo, prepare, runs } = await arrange();
  await prepare({ lock: [] });
  await prepare({ lock: [] });
  expect(runs()).toBe(1);
  writeFileSync(join(repo, "models/m/train.mjs"), "// other code\n");
  await prepare({ lock: [] });
  expect(runs()).toBe(2);
});

it("is keyed by the code where what was installed points back into it", async () => {
  const { repo, prepare, runs } = await arrange(
    `echo run >> "$COUNT"; mkdir node_modules; ln -s ../../../lib node_modules/lib`,
    { "repo/lib/shared.mjs": "// shared 1\n" },
  );
  await prepare();
  await prepare();
  expect(runs()).toBe(1);
  writeFileSync(join(repo, "lib/shared.mjs"), "// shared 2\n");
  const { links } = await prepare();
  expect(runs()).toBe(2);
  expect(readFileSync(join(links[0]?.target ?? "", "lib/shared.mjs"), "utf8")).toBe("// shared 2\n");
});

it("is run once by two runs side by side", async () => {
  const { prepare, runs } = await arrange(`sleep 0.3; ${install}`);
  const outcomes = await Promise.all([prepare({ log: "log-1" }), prepare({ log: "log-2" })]);
  expect(outcomes.map((each) => each.outcome).sort()).toEqual(["done", "reused"]);
  expect(runs()).toBe(1);
});

it("shows a failure's last lines and is tried again afterwards", async () => {
  const { root, prepare } = await arrange(`[ -e "$COUNT.fixed" ] || { echo no network; exit 4; }; ${install}`);
  await expect(prepare()).rejects.toMatchObject({
    code: "COMMAND_FAILED",
    problems: [expect.objectContaining({ found: expect.stringContaining("no network") })],
  });
  writeFileSync(join(root, "count.fixed"), "");
  expect((await prepare()).outcome).toBe("done");
});

it("names a lock that is not there", async () => {
  const { prepare } = await arrange();
  await expect(prepare({ lock: ["uv.lock"] })).rejects.toMatchObject({
    code: "SPEC_INVALID",
    message: expect.stringContaining("uv.lock"),
  });
});

it("is built anew after its builder was killed, and the killed builder's installer is ended", async () => {
  const setup = `[ -e "$COUNT" ] || { echo run >> "$COUNT"; sleep 600; }; ${install}`;
  const { root, repo, prepare, runs } = await arrange(setup);
  const module = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const script = `
    import { prepareEnvironment, readLocks } from ${module("../../core/pipeline/setup.ts")};
    import { openWorkTree } from ${module("../../core/source/worktree.ts")};
    const tree = await openWorkTree(${JSON.stringify(repo)});
    const spec = { setup: process.env.SETUP, lock: ["package-lock.json"], env: { COUNT: ${JSON.stringify(join(root, "count"))} } };
    await prepareEnvironment({ spec, folder: "models/m", code: (await tree.list()).map((entry) => entry.path), tree,
      locks: await readLocks({ folder: "models/m", spec: { environment: spec } }, tree), runtime: { platform: "p", arch: "a", programs: {} },
      cache: ${JSON.stringify(join(root, "cache"))}, caller: process.env, timeoutMs: 600000, log: ${JSON.stringify(join(root, "log-0"))} });`;
  const builder = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
    stdio: "ignore",
    env: { ...process.env, SETUP: setup },
  });
  const exited = once(builder, "exit");
  while (!existsSync(join(root, "count")) && builder.exitCode === null) await sleep(10);
  builder.kill("SIGKILL");
  await exited;

  expect((await prepare()).outcome).toBe("done");
  expect(runs()).toBe(2);
  const [key] = await readdir(join(root, "cache/env"));
  const mark = `setup-${sha256(join(root, "cache/env", key ?? "")).slice(0, 32)}`;
  expect(findDescendants({ mark })).toEqual([]);
});
