import { afterAll, beforeAll, expect, it } from "vitest";
import { type OpenPull, threshold } from "../github/models.ts";
import { FILES, SERVE } from "../tiny-model.ts";
import { jobsOf, notesOf, type OnAct, openOnAct, runOf } from "./runs.ts";

// What `slipway init --github` writes, on act, with everything else as it is on GitHub.
let at: OnAct;
let pulls: Record<"one" | "both" | "fork" | "failing" | "violating" | "differing" | "idle", OpenPull>;

/** The model `two` has a serving program, too. */
const SERVED = { serve: { run: "node serve.mjs" } };

beforeAll(async () => {
  at = await openOnAct({ models: { one: {}, two: SERVED }, files: { "models/two/serve.mjs": SERVE } });
  const [one, both, fork, failing, violating] = await Promise.all([
    at.pull("ada", "one", threshold(45, "one")),
    at.pull("eve", "both", { ...threshold(46, "one"), ...threshold(46, "two", SERVED) }),
    at.pull("mallory", "fork", threshold(47, "two", SERVED), { fork: true }),
    at.pull("rolf", "failing", { "models/one/train.mjs": 'console.log("no luck"); process.exit(3);\n' }),
    at.pull("owner", "violating", { "models/two/data/train.csv": `${FILES["data/train.csv"]}b1,500,low\n` }),
  ]);
  const [differing, idle] = await Promise.all([
    at.pull("eve", "differing", {
      "models/two/serve.mjs": SERVE.replace("x < threshold", "x < threshold && x !== 31"),
    }),
    at.pull("ada", "idle", { "README.md": "# Models of ours\n" }),
  ]);
  pulls = { one, both, fork, failing, violating, differing, idle };
});
afterAll(() => at.close());

const PLAN = { "pipeline / plan": "success" };
const RESULT = { "pipeline / result": "success" };
/** The jobs of a model of which all goes well in a pull request. */
const whole = (model: string) =>
  Object.fromEntries(
    ["validate", "train", "predict", "score", "collect", "result …"].map((job) => [
      `pipeline / ${model} / ${job}`,
      "success",
    ]),
  );

it("takes one changed model through its jobs, to a report and a check", async () => {
  expect(jobsOf(runOf(at, pulls.one))).toEqual({ ...PLAN, ...whole("one"), ...RESULT });
  expect(await at.report(pulls.one)).toMatch(/one: may merge[\s\S]*0\.87/);
  expect(await at.check(pulls.one)).toMatchObject({ conclusion: "success", title: "one would be registered" });
});

it("takes two changed models through theirs, to one report of both", async () => {
  expect(jobsOf(runOf(at, pulls.both))).toEqual({ ...PLAN, ...whole("one"), ...whole("two"), ...RESULT });
  expect(await at.report(pulls.both)).toMatch(/one[\s\S]*two/);
  expect(await at.report(pulls.both)).toContain(
    "The serving program answered 100 test rows as the predict program did.",
  );
  expect(await at.check(pulls.both)).toMatchObject({ conclusion: "success", title: "2 models would be registered" });
});

it("runs a fork's pull request with a token that only reads", async () => {
  expect(jobsOf(runOf(at, pulls.fork))).toEqual({ ...PLAN, ...whole("two"), ...RESULT });
  expect(await at.report(pulls.fork)).toContain("From a fork, mallory/models");
  expect((await at.check(pulls.fork)).conclusion).toBe("success");
});

it("shows a training that failed with its last words, where the job ran and in the report", async () => {
  const run = runOf(at, pulls.failing);
  expect(jobsOf(run)).toMatchObject({ "pipeline / one / train": "failure", "pipeline / one / result …": "success" });
  expect(jobsOf(run)).not.toHaveProperty("pipeline / one / predict");
  expect(notesOf(at, run)).toEqual([expect.stringMatching(/failed with exit code 3[\s\S]*no luck/)]);
  expect(await at.report(pulls.failing)).toMatch(/exit code 3[\s\S]*no luck/);
  expect(await at.check(pulls.failing)).toMatchObject({ conclusion: "failure", title: "one would not be registered" });
});

it("shows data that breaks its rules at the line of the spec, and trains nothing on it", async () => {
  const run = runOf(at, pulls.violating);
  expect(jobsOf(run)).toEqual({
    ...PLAN,
    "pipeline / two / validate": "failure",
    "pipeline / two / collect": "success",
    "pipeline / two / result …": "success",
  });
  expect(notesOf(at, run)).toEqual([
    expect.stringMatching(/^models\/two\/model\.yaml:\d+ DATA_INVALID [\s\S]*rows b1/),
  ]);
  expect(await at.report(pulls.violating)).toMatch(/train \| x \|.*b1/);
  expect((await at.check(pulls.violating)).conclusion).toBe("failure");
});

it("fails a version whose serving program answers otherwise, and names the rows", async () => {
  const run = runOf(at, pulls.differing);
  expect(jobsOf(run)).toMatchObject({ "pipeline / two / predict": "success", "pipeline / two / score": "failure" });
  expect(notesOf(at, run)).toEqual([expect.stringContaining("SERVED_DIFFERS")]);
  expect(await at.report(pulls.differing)).toMatch(/1 of 100 test rows otherwise[\s\S]*other answers to t31/);
  expect(await at.check(pulls.differing)).toMatchObject({ conclusion: "failure" });
});

it("runs no model where none changed, and says so in the summary", async () => {
  const run = runOf(at, pulls.idle);
  expect(jobsOf(run)).toEqual({ ...PLAN, ...RESULT });
  const plan = run.jobs.find(({ name }) => name === "pipeline / plan");
  expect(at.repo.checks.get(plan?.id ?? 0)?.output.summary).toContain("nothing to do: 2 models unchanged");
  expect((await at.check(pulls.idle)).conclusion).toBe("success");
});

it("has registered what the first push brought, and nothing of a pull request", async () => {
  const versions = [...(await at.versions("one")), ...(await at.versions("two"))];
  expect(versions.map(({ version }) => version)).toEqual([1, 1]);
});
