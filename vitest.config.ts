import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    environment: "node",
    globalSetup: "test/build.ts",
    pool: "forks",
    // Vitest leaves a core idle by default; most tests here wait for processes of their own.
    maxWorkers: "100%",
    // A test may be a conversation of many processes: on a machine with other work it takes its time.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // The caller's Git configuration must not decide what a test sees.
    env: { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1", NO_COLOR: "1" },
  },
});
