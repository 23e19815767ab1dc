import { afterAll, beforeAll, expect, it } from "vitest";
import { formatCompareTitle } from "../../../core/acts/compare-title.ts";
import { decideAgain } from "../../../core/acts/decide-again.ts";
import { modelFolder } from "../../../core/registry/paths.ts";
import { verifyRegistry } from "../../../core/registry/verify.ts";
import { threshold } from "../github/models.ts";
import { jobsOf, newestRun, type OnGitHubAlone, openOnGitHubAlone } from "./runs.ts";

// What `slipway init --github` writes, with nothing but GitHub: the App may not read the packages that jobs write and read.
const PAIR = { model: "tiny", version: 2, stage: "production", live: 1 };
let at: OnGitHubAlone;
let issue: { number: number };

beforeAll(async () => {
  at = await openOnGitHubAlone({});
  await at.push("owner", "main", threshold(48));
  issue = await at.issue("rolf");
  await at.say("rolf", issue, "/promote tiny@1 production");
});
afterAll(() => at?.close());

const compareRuns = () => [...at.repo.runs.values()].filter(({ workflow }) => workflow.name === "Slipway compare");

it("registers by the word of the run whose job `store` wrote the packages", async () => {
  const versions = await at.versions();
  expect(versions).toMatchObject([1, 2].map((version) => ({ version, bytes: { outcome: "attested" } })));
  expect(await at.live()).toBe(1);
});

it("tells of a comparison that failed, where it was asked for", async () => {
  at.closePackages(true);
  const answers = await at.say("rolf", issue, "/promote tiny@2 production");
  at.closePackages(false);
  expect(answers[0]).toContain("Comparing first: tiny version 2 with version 1, which is in production now");
  // The job's own words, out of what it attests.
  expect(answers.slice(1)).toEqual([
    expect.stringMatching(/could not be compared: .* \(STORE_(DENIED|NO_CREDENTIALS)\)/),
  ]);
  expect(compareRuns().map(({ conclusion }) => conclusion)).toEqual(["failure"]);
  expect(await at.live()).toBe(1);
});

it("compares in the default branch's own run, then decides both requests that wait for it, and once", async () => {
  const before = compareRuns().length;
  const body = "/promote tiny@2 production";
  const comments = ["rolf", "owner"].map((login) =>
    at.as(login).rest.issues.createComment({ owner: "acme", repo: "models", issue_number: issue.number, body }),
  );
  await Promise.all(comments);
  await at.home.settle();

  expect(compareRuns().length - before).toBe(1);
  const run = newestRun(at, "Slipway compare");
  expect(run.displayTitle).toBe(formatCompareTitle(PAIR));
  expect(jobsOf(run)).toEqual({ "compare / compare": "success", "compare / tiny / result …": "success" });
  expect(await at.live()).toBe(2);
  const told = (await at.comments(issue)).flatMap((body) => /\*\*(tiny version 2 is .*)\*\*/.exec(body)?.[1] ?? []);
  expect(told).toEqual(["tiny version 2 is in production", "tiny version 2 is in production already"]);
});

it("deploys what was promoted, out of packages that the deployment's own job may read", async () => {
  const states = [...at.repo.deployments.values()].map(({ statuses }) => statuses.at(-1)?.state);
  expect(states).toEqual(["inactive", "success"]);
});

it("leaves records that say whose word they rest on, and that verify makes again", async () => {
  const paths = (await at.records(modelFolder("tiny"))).filter((path) => path.includes("/promotions/"));
  const decisions = await Promise.all(paths.map((path) => at.record(path)));
  expect(decisions).toHaveLength(3);
  for (const decision of decisions) expect(decision).toMatchObject({ artifact_check: { outcome: "attested" } });
  const { findings } = await verifyRegistry({ folder: at.home.bare, decide: decideAgain });
  expect(findings).toEqual([]);
});
