import { afterAll, beforeAll, expect, it } from "vitest";
import { decideAgain } from "../../../core/acts/decide-again.ts";
import { verifyRegistry } from "../../../core/registry/verify.ts";
import { labelled, openLabelled } from "./labelled.ts";
import type { Watching } from "./watching.ts";

let github: Watching;
beforeAll(async () => {
  github = await openLabelled();
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

it("does it once, whatever is delivered again, and whatever GitHub's clock said of its comment", async () => {
  for (const comment of github.repo.comments.values())
    comment.updatedAt = new Date(Date.parse(comment.updatedAt) - 60_000).toISOString();
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
