import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { access, chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyRegistry } from "../../core/registry/verify.ts";
import { promote, register } from "./builders.ts";
import { bareRepository, gitIn, registryOf } from "./repositories.ts";

let bundle = "";
beforeAll(async () => {
  bundle = await mkdtemp(join(tmpdir(), "slipway-writer-"));
  await build({
    stdin: {
      contents: `import { writeForever } from "./test/registry/writer.ts";
        writeForever(process.argv[2], Number(process.argv[3]));`,
      resolveDir: process.cwd(),
    },
    outfile: join(bundle, "writer.cjs"),
    bundle: true,
    format: "cjs",
    platform: "node",
    logLevel: "error",
  });
});
afterAll(() => rm(bundle, { recursive: true, force: true }));

/** A process of its own that registers up to `versions` versions, until it is killed. */
function writer(folder: string, versions = 1): ChildProcess {
  return spawn(process.execPath, [join(bundle, "writer.cjs"), folder, String(versions)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

/** Runs `script` inside Git's reference transaction, when every lock is held and nothing has moved. */
async function whenPrepared(folder: string, script: string): Promise<string> {
  const hook = join(folder, "hooks", "reference-transaction");
  await writeFile(hook, `#!/bin/sh\n[ "$1" = prepared ] || exit 0\n${script}\n`);
  await chmod(hook, 0o755);
  return hook;
}

const KILL_GIT = "kill -9 $PPID";
const KILL_BOTH = "kill -9 $(ps -o ppid= -p $PPID) $PPID";
/** What Git's own commit does first: the branch is listed first, and its lock is renamed. */
const MOVE_BRANCH = 'mv "$GIT_DIR/refs/heads/registry.lock" "$GIT_DIR/refs/heads/registry"';

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function findings(folder: string): Promise<string[]> {
  return (await verifyRegistry({ folder })).findings.map(({ code }) => code);
}

describe("a writer killed while it holds every lock", () => {
  it("leaves the registry as it was, and the next writer clears the locks", async () => {
    const folder = await bareRepository();
    const hook = await whenPrepared(folder, KILL_BOTH);
    await ended(writer(folder));
    expect(await exists(join(folder, "refs/heads/registry.lock"))).toBe(true);
    await rm(hook);
    const registry = await registryOf(folder);
    expect(await register(registry)).toBe(1);
    expect(await findings(folder)).toEqual([]);
  });
});

describe("a writer killed between the branch and the tag", () => {
  it("has registered: the branch is the commit point, and only the tag is missing", async () => {
    const folder = await bareRepository();
    await whenPrepared(folder, `${MOVE_BRANCH}; ${KILL_BOTH}`);
    await ended(writer(folder));
    expect(await (await (await registryOf(folder)).snapshot()).versions("penguins")).toEqual([1]);
    // The tag is locked, and the ref that remembers the branch.
    expect(await findings(folder)).toEqual(["LOCK_STALE", "LOCK_STALE", "TAG_MISSING"]);
  });

  it("has its tag completed by the next act, with the bytes it would have had", async () => {
    const folder = await bareRepository();
    const hook = await whenPrepared(folder, `${MOVE_BRANCH}; ${KILL_BOTH}`);
    await ended(writer(folder));
    await rm(hook);
    await register(await registryOf(folder));
    expect(await findings(folder)).toEqual([]);
  });

  it("has its stage's tag completed too", async () => {
    const folder = await bareRepository();
    const registry = await registryOf(folder);
    await register(registry);
    const hook = await whenPrepared(folder, `${MOVE_BRANCH}; ${KILL_GIT}`);
    await promote(registry, 1);
    await rm(hook);
    expect(await findings(folder)).toEqual(["TAG_MISSING"]);
    await register(registry);
    expect(await gitIn(folder, "rev-parse", "penguins#production#1^{commit}")).toBe(
      await gitIn(folder, "rev-parse", "penguins@v1.0.0^{commit}"),
    );
    expect(await findings(folder)).toEqual([]);
  });
});

describe("a writer whose Git is killed", () => {
  it("clears the locks itself", async () => {
    const folder = await bareRepository();
    const registry = await registryOf(folder);
    const hook = await whenPrepared(folder, KILL_GIT);
    await expect(register(registry)).rejects.toMatchObject({ code: "GIT_FAILED" });
    expect(await exists(join(folder, "refs/heads/registry.lock"))).toBe(false);
    await rm(hook);
    expect(await register(registry)).toBe(1);
  });
});

describe("a lock that is not proven stale", () => {
  it("is left alone, and named", async () => {
    const folder = await bareRepository();
    const lock = join(folder, "refs/heads/registry.lock");
    await writeFile(lock, "");
    await expect(register(await registryOf(folder))).rejects.toMatchObject({ code: "LOCKED" });
    expect(await exists(lock)).toBe(true);
  });
});

describe("kill -9 at any moment", () => {
  it("loses nothing that was said to be registered, and nothing stays half", async () => {
    const folder = await bareRepository();
    const registry = await registryOf(folder);
    let said = 0;
    for (let round = 0; round < 6; round += 1) {
      const child = writer(folder, 100);
      child.stdout?.setEncoding("utf8").on("data", (text: string) => {
        said = Math.max(said, ...text.split("\n").map((line) => Number(line) || 0));
      });
      await once(child.stdout as NodeJS.EventEmitter, "data");
      await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 150));
      child.kill("SIGKILL");
      await ended(child);
      const versions = await (await registry.snapshot()).versions("penguins");
      expect(versions.length).toBeGreaterThanOrEqual(said);
      await register(registry, "penguins", `${round}`.padStart(40, "c"));
    }
    expect(await findings(folder)).toEqual([]);
  });
});
