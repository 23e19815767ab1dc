import { afterAll, beforeAll, expect, it } from "vitest";
import { type S3Server, startS3 } from "../../../tools/servers/s3.ts";
import { labelsApart, SEALED, SEALED_BUCKETS, sealLabels } from "../labels-apart.ts";
import { type Models, openModels, threshold } from "./models.ts";

// What `slipway init --github` writes, with test labels in a bucket whose keys only one environment has.
const { data, files } = labelsApart();

let s3: S3Server;
let at: Models;
beforeAll(async () => {
  s3 = await startS3(SEALED_BUCKETS);
  at = await openModels({
    pipeline: "real",
    models: { tiny: { data } },
    environments: { "slipway-labels": { labels: JSON.stringify(sealLabels(s3)) } },
    files,
  });
});
afterAll(async () => {
  await at?.close();
  await s3?.stop();
});

const change = (value: number, more: object = {}) => threshold(value, "tiny", { data, ...more });
const jobs = (workflow: string) =>
  [...at.repo.runs.values()]
    .findLast((run) => run.workflow.name === workflow)
    ?.jobs.filter(({ conclusion }) => conclusion === "success")
    .map(({ name }) => name.replace(/result \d+ sha256:\w+$/, "result …"));

it("registers what was merged, evaluated on labels that its job score alone opened", async () => {
  const [first] = await at.versions();
  expect(first?.evaluation).toMatchObject({ labels: "sealed", values: "steps" });
});

it("scores a pull request by the default branch's workflow, and publishes it on the pull request", async () => {
  const pull = await at.pull("ada", "better", change(50));
  expect(jobs("Slipway")).not.toContain("pipeline / tiny / score");
  expect(jobs("Slipway score")).toEqual(
    expect.arrayContaining(["score / plan", "score / tiny / score", "score / tiny / result …"]),
  );
  expect(await at.report(pull)).toContain("Test labels: sealed. No job with user code could open them.");
  expect(await at.check(pull)).toMatchObject({ conclusion: "success", title: "tiny would be registered" });
});

it("scores nothing of a pull request that brings a workflow of its own, or other labels", async () => {
  const own = { ".github/workflows/slipway-score.yml": "name: Slipway score\non: pull_request\njobs: {}\n" };
  const lock = { slipway: 1, files: [{ uri: SEALED, sha256: "ab".repeat(32), size: 7 }] };
  const pull = await at.pull("eve", "own-labels", {
    ...change(51),
    ...own,
    "models/tiny/data.lock.json": JSON.stringify(lock),
  });
  expect(jobs("Slipway score")).toEqual(["score / plan", "score / result"]);
  expect(await at.check(pull)).toMatchObject({ title: "tiny is scored on sealed labels once merged" });
  expect(await at.report(pull)).toContain("//sealed/tiny/labels.csv");
});

it("waits for `/score` with a fork's", async () => {
  const pull = await at.pull("mallory", "from-afar", change(52), { fork: true });
  expect(await at.check(pull)).toMatchObject({ title: "Waiting for /score by somebody who may write" });
  expect((await at.say("mallory", pull, "/score")).join()).toContain("NOT_ALLOWED");
  expect((await at.say("ada", pull, "/score")).join()).toContain("are being scored");
  expect(await at.check(pull)).toMatchObject({ conclusion: "success", title: "tiny would be registered" });
});

it("compares a version with what went live since in the default branch's own run, and the App, which has no labels, promotes by it", async () => {
  await at.push("owner", "main", change(45));
  const [first, second] = (await at.versions()).slice(-2).map(({ version }) => version);
  const issue = await at.issue("ada");
  await at.say("ada", issue, `/promote tiny@${first} production`);
  expect(await at.live()).toBe(first);
  expect((await at.say("ada", issue, `/promote tiny@${second} production`)).join()).toContain("Comparing first");
  expect(jobs("Slipway compare")).toEqual(["compare / compare", "compare / sealed", "compare / tiny / result …"]);
  expect(await at.live()).toBe(second);
});
