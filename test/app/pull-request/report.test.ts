import { afterEach, beforeEach, expect, it } from "vitest";
import { type ModelsOnGitHub, specOf, startModels } from "../models-on-github.ts";

let github: ModelsOnGitHub;
beforeEach(async () => {
  github = await startModels();
});
afterEach(() => github.end());

const CHANGE = { "models/penguins/model.yaml": specOf({ trees: 80 }) };

it("tells a new pull request what will run, and takes its result into one comment and both checks", async () => {
  const pull = await github.openPull("more-trees", CHANGE);

  expect(github.comments(pull)).toHaveLength(1);
  expect(github.comments(pull)[0]).toContain("penguins: waiting for the pipeline");
  expect(github.check(pull.head.sha, "Slipway")).toMatchObject({ status: "queued", title: "Waiting for the pipeline" });

  await github.run(pull, { results: { penguins: {} } });

  const [comment, ...more] = github.comments(pull);
  expect(more).toEqual([]);
  expect(comment).toContain("All 3 gates pass");
  expect(github.check(pull.head.sha, "Slipway")).toMatchObject({
    conclusion: "success",
    title: "penguins would be registered",
  });
  expect(github.check(pull.head.sha, "Slipway: production")).toMatchObject({
    conclusion: "success",
    title: "penguins would be promoted to production",
  });
});

it("reports a run of one model in six calls, and nothing in none", async () => {
  const pull = await github.openPull("more-trees", CHANGE);
  await github.run(pull, { results: { penguins: {} } });
  github.calls();

  const run = await github.run(pull, { results: { penguins: {} } });
  const calls = github.calls();
  const ended = calls.slice(calls.findIndex((call) => call.includes("/jobs")));
  expect(ended.map((call) => call.replace(/\?.*/, "").replace(/\d+/g, "1"))).toEqual([
    "GET /actions/runs/1/jobs",
    "GET /actions/artifacts/1",
    "GET /actions/artifacts/1/zip",
    "PATCH /issues/comments/1",
    "PATCH /check-runs/1",
    "PATCH /check-runs/1",
  ]);
  expect(run.status).toBe("completed");
});
