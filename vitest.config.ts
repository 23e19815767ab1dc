import { defineConfig } from "vitest/config";

// The end of a file's name says which project it belongs to:
// *.test.ts is a unit test, which starts no program; *.process.test.ts starts programs (Git, Python, Slipway's bundles) or
// DuckDB; *.slow.test.ts sweeps or rehearses at length, and runs in .ci/run but not in `npm test`.
const PROCESS = "test/**/*.process.test.ts";
const SLOW = "test/**/*.slow.test.ts";

export default defineConfig({
  test: {
    environment: "node",
    // Vitest leaves a core idle by default; most tests here wait for processes of their own.
    maxWorkers: "100%",
    // A test may be a conversation of many processes: on a machine with other work it takes its time.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // The caller's Git configuration must not decide what a test sees.
    env: { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1", NO_COLOR: "1" },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: [PROCESS, SLOW],
          pool: "threads",
          isolate: false,
          setupFiles: "test/helpers/no-programs.ts",
        },
      },
      { extends: true, test: { name: "process", include: [PROCESS], pool: "forks", globalSetup: "test/build.ts" } },
      { extends: true, test: { name: "slow", include: [SLOW], pool: "forks", globalSetup: "test/build.ts" } },
    ],
  },
});
