import { accessSync, constants, readFileSync, statfsSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

// The end of a file's name says which project it belongs to:
// *.test.ts is a unit test, which starts no program; *.process.test.ts starts programs (Git, Python, Slipway's bundles) or
// DuckDB; *.slow.test.ts sweeps or rehearses at length, and runs in .ci/run but not in `npm test`; *.servers.test.ts needs the
// real servers and tools that tools/build/servers.mjs brings, and runs by `npm run test:servers`; *.browser.test.ts opens pages in
// a real Chromium, which tools/browser/install.ts brings, and runs by `npm run test:browser`.
const PROCESS = "test/**/*.process.test.ts";
const SLOW = "test/**/*.slow.test.ts";
const SERVERS = "test/**/*.servers.test.ts";
const BROWSER = "test/**/*.browser.test.ts";

export default defineConfig({
  test: {
    environment: "node",
    // Vitest leaves a core idle by default; most tests here wait for processes of their own.
    maxWorkers: Math.ceil(1.5 * availableParallelism()),
    // A test may be a conversation of many processes: on a machine with other work it takes its time.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    // The caller's Git configuration must not decide what a test sees.
    env: { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1", NO_COLOR: "1", TMPDIR: inMemory() ?? tmpdir() },
    // Files share their workers: what one test says of the environment is gone before the next.
    unstubEnvs: true,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: [PROCESS, SLOW, SERVERS, BROWSER],
          pool: "threads",
          isolate: false,
          setupFiles: "test/helpers/no-programs.ts",
        },
      },
      {
        extends: true,
        test: { name: "process", include: [PROCESS], pool: "forks", globalSetup: "test/build.ts" },
      },
      { extends: true, test: { name: "slow", include: [SLOW], pool: "forks", globalSetup: "test/build.ts" } },
      {
        extends: true,
        test: {
          name: "servers",
          include: [SERVERS],
          pool: "forks",
          globalSetup: "test/build.ts",
          // Workflow runs and registries share the machine with the test; few at once, and time for each.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 300_000,
          hookTimeout: 300_000,
          env: { SLIPWAY_TOOLS: process.env["SLIPWAY_TOOLS"] || join(tmpdir(), "slipway-tools") },
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
          include: [BROWSER],
          pool: "forks",
          // Files share their worker, and with it its browser; a test has a context of its own there.
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
          globalSetup: ["test/build.ts", "test/browser/hosts.ts"],
        },
      },
    ],
  },
});

/** A disk in memory, where there is one with room from which programs may start: nothing waits for a disk to sync there. */
function inMemory(): string | undefined {
  const folder = "/dev/shm";
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    const mount = readFileSync("/proc/mounts", "utf8")
      .split("\n")
      .find((line) => line.split(" ")[1] === folder);
    return bavail * bsize < 4 * 1024 ** 3 || mount === undefined || mount.includes("noexec") ? undefined : folder;
  } catch {
    return undefined;
  }
}
