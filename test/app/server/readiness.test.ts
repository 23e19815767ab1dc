import { expect, test } from "vitest";
import { type ReadinessParts, readiness } from "../../../app/server/readiness.ts";

const MINUTE = 60_000;
const well: ReadinessParts = {
  askGitHub: async () => {},
  queue: () => ({ jobs: 3, limit: 10, longest: MINUTE }),
  stopping: () => false,
  unprotected: () => 2,
  webhooks: () => ({ signed: 5, wrongly_signed: 1 }),
};

test("it is ready when GitHub knows the App and the queue moves", async () => {
  expect(await readiness(well)()).toEqual({
    ready: true,
    github: "reachable",
    queue: "moving",
    deliveries: 3,
    stopping: false,
    webhooks: { signed: 5, wrongly_signed: 1 },
    repositories_without_rulesets: 2,
  });
});

test.each<[string, Partial<ReadinessParts>, object]>([
  [
    "GitHub cannot read its tokens",
    { askGitHub: () => Promise.reject(Object.assign(new Error(), { status: 401 })) },
    { github: "PRIVATE_KEY is not the App's" },
  ],
  [
    "GitHub knows no such App",
    { askGitHub: () => Promise.reject(Object.assign(new Error(), { status: 404 })) },
    { github: "APP_ID is no App's" },
  ],
  ["GitHub does not answer", { askGitHub: () => Promise.reject(new Error("502")) }, { github: "unreachable" }],
  [
    "a handler has run for too long",
    { queue: () => ({ jobs: 1, limit: 10, longest: 11 * MINUTE }) },
    { queue: "stuck" },
  ],
  ["the queue is full", { queue: () => ({ jobs: 10, limit: 10, longest: 0 }) }, { queue: "full" }],
  ["it is stopping", { stopping: () => true }, { stopping: true }],
])("it is not ready while %s", async (_, parts, expected) => {
  expect(await readiness({ ...well, ...parts })()).toMatchObject({ ready: false, ...expected });
});

test("GitHub is asked once in half a minute, however often readiness is", async () => {
  let asked = 0;
  let now = 0;
  const askGitHub = async () => {
    asked += 1;
  };
  const ask = readiness({ ...well, askGitHub }, () => now);
  for (const at of [0, 10_000, 29_000, 31_000, 40_000]) {
    now = at;
    await ask();
  }
  expect(asked).toBe(2);
});
