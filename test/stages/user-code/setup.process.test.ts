import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../../core/canonical.ts";
import { localExecutor } from "../../../core/executors/local.ts";
import { git } from "../../../core/git/run.ts";
import { findDescendants } from "../../../core/runtime/descendants.ts";
import { linkEnvironment } from "../../../core/runtime/environment-links.ts";
import { detectIsolation } from "../../../core/runtime/isolation.ts";
import { readLocks } from "../../../core/runtime/locks.ts";
import { openWorkTree } from "../../../core/source/worktree.ts";
import { prepareEnvironment, type SetupRequest } from "../../../core/stages/user-code/setup.ts";
import type { EnvironmentSpec, ModelSpec } from "../../../schemas/model-spec.ts";
import { temporaryFolder } from "../../runtime/temporary.ts";

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
  const prepare = async (
    rest: {
      lock?: string[];
      setup?: string;
      log?: string;
      folder?: string;
      pass?: string[];
      caller?: Record<string, string>;
    } = {},
  ) => {
    const tree = await openWorkTree(repo);
    const spec = {
      setup: rest.setup ?? setup,
      lock: rest.lock ?? ["package-lock.json"],
      env: { COUNT: join(root, "count") },
      pass: rest.pass ?? [],
    };
    const folder = rest.folder ?? "models/m";
    const cache = join(root, "cache");
    const request: SetupRequest = {
      ...{ spec, folder, tree, cache },
      locks: await readLocks({ folder, spec: modelSpec(spec) }, tree),
      runtime: { platform: "p", arch: "a", programs: {} },
      caller: { ...process.env, ...rest.caller },
      passable: rest.pass ?? [],
      executor: localExecutor({ readOnly: [cache] }),
      timeoutMs: 20_000,
      log: join(root, rest.log ?? "log"),
    };
    return prepareEnvironment(request);
  };
  const runs = () => readFileSync(join(root, "count"), "utf8").trim().split("\n").length;
  /** Links the environment into a folder, as a model's own; resolves to that folder. */
  const linked = async (folder = "models/m", options: Parameters<typeof prepare>[0] = {}) => {
    const { links } = await prepare({ folder, ...options });
    const place = join(root, `run-${Math.random()}`);
    await linkEnvironment(place, links);
    return join(place, folder);
  };
  return { root, repo, prepare, runs, linked };
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

it("sees the files of the lock and nothing else", async () => {
  const { root, linked } = await arrange(`list=$(find . -type f | sort); { echo "$list"; cat lib/*.mjs; } > seen`, {
    "repo/models/m/lib/a.mjs": "// a\n",
    "repo/models/m/model.yaml": "slipway: 1\ndata: { test: lib/test.csv }\n",
    "repo/models/m/lib/test.csv": "labels\n",
  });
  const seen = readFileSync(
    join(await linked("models/m", { lock: ["package-lock.json", "lib/a.mjs"] }), "seen"),
    "utf8",
  );
  expect(seen).toBe("./lib/a.mjs\n./package-lock.json\n// a\n");
  expect(existsSync(join(root, "repo/models/m/seen"))).toBe(false);
});

it("sees nothing of the repository where no lock is named", async () => {
  const { linked } = await arrange("ls -A .. | grep -v '^tree$' > seen; ls -A >> seen");
  const seen = readFileSync(join(await linked("models/m", { lock: [] }), "seen"), "utf8");
  expect(seen).not.toMatch(/train|package|models/);
});

it("is run again when a script that it runs changes", async () => {
  const { repo, prepare, runs } = await arrange("bash setup.sh", {
    "repo/models/m/setup.sh": `echo run >> "$COUNT"; mkdir node_modules`,
  });
  await prepare({ lock: ["setup.sh"] });
  appendFileSync(join(repo, "models/m/setup.sh"), "# other\n");
  expect((await prepare({ lock: ["setup.sh"] })).outcome).toBe("done");
  expect(runs()).toBe(2);
});

it("cannot run a script that the lock does not name", async () => {
  const { prepare } = await arrange("bash setup.sh", { "repo/models/m/setup.sh": "mkdir node_modules" });
  await expect(prepare()).rejects.toMatchObject({
    code: "COMMAND_FAILED",
    problems: [expect.objectContaining({ hint: expect.stringMatching(/add setup\.sh .*environment\.lock/) })],
  });
});

it("is run again where a file that it sees may be executed", async () => {
  const { repo, prepare, runs } = await arrange();
  await prepare();
  chmodSync(join(repo, "models/m/package-lock.json"), 0o755);
  await prepare();
  expect(runs()).toBe(2);
});

it("is run again for another value of what the policy lets through", async () => {
  const { prepare, runs } = await arrange();
  await prepare({ pass: ["MIRROR"], caller: { MIRROR: "a" } });
  await prepare({ pass: ["MIRROR"], caller: { MIRROR: "b" } });
  expect(runs()).toBe(2);
});

it("is shared by two models with the same lock and command, and linked into each", async () => {
  const { prepare, runs, linked } = await arrange(install, { "repo/models/other/package-lock.json": "lock 1\n" });
  await prepare();
  const folder = await linked("models/other");
  expect(runs()).toBe(1);
  expect(readFileSync(join(folder, "node_modules/installed"), "utf8")).toBe("lock 1\n");
});

it("keeps files that lie above the model's folder where they are, workspaces too", async () => {
  const setup = `cd ../.. && mkdir node_modules && ln -s ../packages/lib node_modules/lib && echo built > packages/lib/built`;
  const lock = ["../../package-lock.json", "../../packages"];
  const { linked } = await arrange(setup, {
    "repo/package-lock.json": "all",
    "repo/packages/lib/index.mjs": "// shared\n",
  });
  const folder = await linked("models/m", { lock });
  expect(readFileSync(join(folder, "../../node_modules/lib/index.mjs"), "utf8")).toBe("// shared\n");
  expect(readFileSync(join(folder, "../../packages/lib/built"), "utf8")).toBe("built\n");
});

describe("an environment that was changed since", () => {
  const changes: [string, string][] = [
    [
      "a file's content, with its times and size set back",
      `cp -p installed /tmp/$$.times; chmod u+w installed; printf 'LOCK 1\\n' > installed; touch -r /tmp/$$.times installed; rm -f /tmp/$$.times`,
    ],
    ["a new file", "chmod u+w .; echo new > new"],
    ["a file put in another's place", "chmod u+w .; cp installed x; mv x installed"],
    ["a symbolic link in a file's place", "chmod u+w .; rm -f installed; ln -s /etc/passwd installed"],
    ["a hard link, by which to write later", "ln installed ../../../../other-name"],
    ["its rights", "chmod 755 installed"],
  ];

  it.each(changes)("is thrown away, and the run told: %s", async (_, change) => {
    const { prepare, linked, runs } = await arrange();
    const { verify, links } = await prepare();
    await verify();
    execFileSync("sh", ["-c", change], { cwd: links[0]?.target });
    await expect(verify()).rejects.toMatchObject({ code: "ENVIRONMENT_CHANGED" });
    expect(readFileSync(join(await linked(), "node_modules/installed"), "utf8")).toBe("lock 1\n");
    expect(runs()).toBe(2);
  });

  it.each(changes)("is not used by a later run: %s", async (_, change) => {
    const { prepare, linked, runs } = await arrange();
    execFileSync("sh", ["-c", change], { cwd: (await prepare()).links[0]?.target });
    expect((await prepare()).detail).toMatch(/changed since/);
    expect(readFileSync(join(await linked(), "node_modules/installed"), "utf8")).toBe("lock 1\n");
    expect(runs()).toBe(2);
  });
});

it("has a home of its own, which stays where the environment leads into it", async () => {
  const { linked } =
    await arrange(`mkdir "$HOME/python" node_modules; echo 3.12 > "$HOME/python/version"; echo x > "$HOME/.npmrc"
    ln -s "$HOME/python/version" node_modules/installed`);
  expect(readFileSync(join(await linked(), "node_modules/installed"), "utf8")).toBe("3.12\n");
  const { linked: next } = await arrange(`ls -A "$HOME" > seen; mkdir node_modules`);
  expect(readFileSync(join(await next(), "seen"), "utf8")).toBe("");
});

it.runIf((await detectIsolation()) === "pid-namespace")("can write nowhere in the cache but into its own", async () => {
  const { root, prepare } = await arrange();
  await prepare();
  const evil = `mkdir node_modules; for e in ${root}/cache/env/*; do
    echo evil > "$e/evil"; chmod u+w "$e/made/tree/node_modules"; echo evil > "$e/made/tree/node_modules/evil"; done; true`;
  await prepare({ setup: evil });
  const found = (await readdir(join(root, "cache"), { recursive: true })).filter((path) => path.endsWith("/evil"));
  // Its own node_modules is one of those that it tried.
  expect(found.length).toBe(1);
});

it("leaves no process behind", async () => {
  const { prepare } = await arrange(`mkdir node_modules; env -i setsid sleep 601.${process.pid} & true`);
  await prepare();
  expect(spawnSync("pgrep", ["-fx", `sleep 601.${process.pid}`]).stdout.toString()).toBe("");
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
    import { localExecutor } from ${module("../../../core/executors/local.ts")};
    import { prepareEnvironment } from ${module("../../../core/stages/user-code/setup.ts")};
    import { readLocks } from ${module("../../../core/runtime/locks.ts")};
    import { openWorkTree } from ${module("../../../core/source/worktree.ts")};
    const tree = await openWorkTree(${JSON.stringify(repo)});
    const spec = { setup: process.env.SETUP, lock: ["package-lock.json"], env: { COUNT: ${JSON.stringify(join(root, "count"))} } };
    await prepareEnvironment({ spec, folder: "models/m", tree,
      locks: await readLocks({ folder: "models/m", spec: { data: {}, environment: spec } }, tree), passable: [], executor: localExecutor({ readOnly: [] }), runtime: { platform: "p", arch: "a", programs: {} },
      cache: ${JSON.stringify(join(root, "cache"))}, caller: process.env, timeoutMs: 600000, log: ${JSON.stringify(join(root, "log-0"))} });`;
  const builder = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
    stdio: "ignore",
    env: { ...process.env, SETUP: setup },
  });
  const exited = once(builder, "exit");
  // The installer ends with its builder: until it has written its line, there is nothing to count.
  const count = () => (existsSync(join(root, "count")) ? readFileSync(join(root, "count"), "utf8") : "");
  while (!count().endsWith("\n") && builder.exitCode === null) await sleep(10);
  builder.kill("SIGKILL");
  await exited;

  expect((await prepare()).outcome).toBe("done");
  expect(runs()).toBe(2);
  const [key] = await readdir(join(root, "cache/env"));
  const mark = `setup-${sha256(join(root, "cache/env", key ?? "")).slice(0, 32)}`;
  expect(findDescendants({ mark })).toEqual([]);
});

it("can be removed by who owns it", async () => {
  const { root, prepare } = await arrange();
  const { links } = await prepare();
  expect(statSync(join(links[0]?.target ?? "", "installed")).mode & 0o222).toBe(0);
  expect(statSync(links[0]?.target ?? root).mode & 0o200).toBe(0o200);
});
