import { afterAll, beforeAll, expect, it } from "vitest";
import { decideAgain } from "../../../core/acts/decide-again.ts";
import { verifyRegistry } from "../../../core/registry/verify.ts";
import type { WindowRecord } from "../../../schemas/monitoring.ts";
import { specOf } from "../models-on-github.ts";
import { dayAgo, openWatching, type Watching } from "./watching.ts";

const BAR = { metric: "accuracy", "at-least": 0.85 };
const POLICY = `monitor:
  requests: { store: file:/nowhere/log }
  labels: { penguins: "labels/*.csv" }
  then: { bars: rollback }
`;

/** A day of which so many of a hundred answers were right, as labels say. */
function labelled(n: number, hits: number, about: Partial<WindowRecord> = {}): Partial<WindowRecord> {
  const bars = [
    { bar: BAR, rows: 100, hits, value: hits / 100, holds: hits < 80 ? ("no" as const) : ("yes" as const) },
  ];
  const performance = { labelled: 100, doubled: 0, unknown: 0, metrics: {}, slices: [], bars };
  return { version: 2, window: dayAgo(n), performance, ...about };
}

let github: Watching;
beforeAll(async () => {
  github = await openWatching({ policy: POLICY });
  const second = await github.registered("second", 70, 0.92);
  await github.say("ada", second, "/promote production");
  const spec = specOf({ trees: 70, extra: `monitor: { bars: [{ metric: accuracy, at-least: 0.85 }] }\n` });
  await github.push("main", { "models/penguins/model.yaml": spec });
});
afterAll(() => github.end());

it("leaves the stage alone while labels are good", async () => {
  await github.looked({ windows: [labelled(12, 90), labelled(11, 88)] });
  expect([await github.live(), github.issues()]).toEqual([2, []]);
});

it("brings back the version that holds the bars where labels surely say so, deploys it, and tells on the issue", async () => {
  await github.looked({ windows: [labelled(10, 50), labelled(9, 45)] });
  expect(await github.live()).toBe(1);
  expect(github.deployments()).toEqual([1, 2, 1].map((version) => `slipway:penguins ${version} → production`));
  const [issue] = github.issues();
  expect(issue?.state).toBe("open");
  expect(issue?.body).toContain("Version 1 is in production again in place of version 2");
  expect(issue && github.told(issue)).toEqual([expect.stringMatching(/^Version 1 is in production again.*By policy/)]);
});

it("does it once, whatever is delivered again", async () => {
  await github.looked({ windows: [labelled(10, 50), labelled(9, 45)] });
  await github.hosted.restart();
  await github.hosted.settled();
  expect([await github.live(), github.deployments().length]).toEqual([1, 3]);
  expect(github.issues().map((issue) => github.told(issue).length)).toEqual([1]);
});

it("is a decision like any other to verify", async () => {
  const { findings } = await verifyRegistry({ folder: github.repo.folder, decide: decideAgain });
  expect(findings).toEqual([]);
});

it("leaves what a person promotes after it, whatever older labels say", async () => {
  const talk = await github.issue();
  await github.say("ada", talk, "/promote penguins@2 production");
  expect(await github.live()).toBe(2);
  await github.looked({ windows: [labelled(8, 90, { version: 1 })] });
  expect(await github.live()).toBe(2);
});
