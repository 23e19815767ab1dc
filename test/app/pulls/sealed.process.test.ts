import { afterAll, beforeAll, expect, it } from "vitest";
import { WORKFLOWS } from "../../../core/github.ts";
import type { RunResult } from "../../../schemas/run-result.ts";
import type { Pull, WorkflowRun } from "../../../tools/sandbox/state.ts";
import { runResult } from "../../report/run-result.ts";
import { type Conversation, startConversation } from "../commands/conversation.ts";
import { modelFiles, specOf } from "../models-on-github.ts";

const URI = "https://sealed.example/labels.csv";
const LOCK = JSON.stringify({ slipway: 1, files: [{ uri: URI, sha256: "ab".repeat(32), size: 10 }] });
/** A spec whose labels stand apart. */
const sealed = (trees: number, extra = "") =>
  specOf({ trees, extra }).replace("label: species }", `label: species, id: bill, labels: "${URI}" }`);
const change = (trees: number, extra = "") => ({ "models/penguins/model.yaml": sealed(trees, extra) });

let github: Conversation;
beforeAll(async () => {
  github = await startConversation({
    files: {
      ...modelFiles("penguins", sealed(50)),
      "models/penguins/data.lock.json": LOCK,
      [WORKFLOWS.score.path]: "name: Slipway score\non: workflow_dispatch\n",
    },
  });
});
afterAll(() => github.end());

const { evaluation: measured } = runResult();
const WAITS: Partial<RunResult> = { unscored: "sealed", handed: { predict: "a".repeat(64) }, gates: {} };
/** A run of the pull request that leaves its score to another one. */
const predicted = (pull: Pull, again?: WorkflowRun) =>
  github.run(pull, {
    results: { penguins: { ...WAITS, evaluation: undefined as never } },
    ...(again ? { again } : {}),
  });
/** A run of slipway-score.yml that scored a run of the pull request. */
const scored = (of: WorkflowRun, about: Partial<RunResult> = {}, made: object = {}) =>
  github.run("main", {
    ...{ path: WORKFLOWS.score.path, event: "workflow_run" },
    results: {
      penguins: {
        ...{ run: `${of.id}-${of.attempt}-penguins`, source: { commit: of.headSha, dirty: false }, binding: false },
        ...(measured ? { evaluation: { ...measured, labels: "sealed" as const, values: "steps" as const } } : {}),
        ...about,
      },
    },
    ...made,
  });
const slipway = (pull: Pull) => github.check(pull.head.sha, "Slipway");

it("says that a score is made, and takes it into the comment and the checks", async () => {
  const pull = await github.openPull("better", change(60));
  const run = await predicted(pull);
  expect(slipway(pull)).toMatchObject({ status: "in_progress", title: "Being scored on sealed labels" });
  expect(github.comments(pull)[0]).toContain("being scored on its sealed labels");

  await scored(run);
  expect(slipway(pull)).toMatchObject({ conclusion: "success", title: "penguins would be registered" });
  const [comment = ""] = github.comments(pull);
  expect(comment).toMatch(/accuracy \| 0\.91/);
  expect(comment).toContain("Test labels: sealed");
});

it("keeps a score where the end of its run is told again, and lets the next attempt's count", async () => {
  const pull = await github.openPull("again", change(61));
  const run = await predicted(pull);
  const first = { ...run };
  await scored(first);
  await github.say("ada", pull, "/status");
  expect(slipway(pull).conclusion).toBe("success");
  const next = await predicted(pull, run);
  expect(slipway(pull)).toMatchObject({ status: "in_progress", title: "Being scored on sealed labels" });
  await scored(first);
  expect(slipway(pull).status).toBe("in_progress");
  await scored(next);
  expect(slipway(pull).conclusion).toBe("success");
});

it.each<[string, Partial<RunResult>, object]>([
  ["of another commit", { source: { commit: "d".repeat(40), dirty: false } }, {}],
  ["of another run", { run: "1-1-penguins" }, {}],
  ["that says to be another model's", { model: "otters" }, {}],
  ["that calls itself binding", { binding: true }, {}],
  ["that another workflow made", {}, { path: ".github/workflows/other.yml" }],
  ["that a run of another branch made", {}, { headBranch: "evil" }],
  ["that no job attests", {}, { jobs: () => [{ name: "score / penguins / score" }] }],
])("takes no score %s", async (name, about, made) => {
  const pull = await github.openPull(`hostile-${name.replaceAll(" ", "-")}`, change(70 + name.length));
  const run = await predicted(pull);
  await scored(run, about, made);
  expect(slipway(pull)).toMatchObject({ status: "in_progress", title: "Being scored on sealed labels" });
});

it("takes no score of a model from a job of another that is called like it", async () => {
  const pull = await github.openPull("called-like", change(67));
  const run = await predicted(pull);
  const jobs = (attested: { name: string }[]) =>
    attested.map(({ name }) => ({ name: name.replace("penguins", "Penguins") }));
  await scored(run, {}, { jobs });
  expect(slipway(pull)).toMatchObject({ status: "in_progress", title: "Being scored on sealed labels" });
});

it("takes no score of a tag that has the default branch's name and another workflow", async () => {
  const pull = await github.openPull("by-tag", change(69));
  const run = await predicted(pull);
  const headSha = await github.push("tagged", { [WORKFLOWS.score.path]: "name: Slipway score\non: push\n" });
  await scored(run, {}, { event: "workflow_dispatch", headSha });
  expect(slipway(pull)).toMatchObject({ status: "in_progress", title: "Being scored on sealed labels" });
});

it("lets a stale head's score alone", async () => {
  const pull = await github.openPull("moves", change(62));
  const run = await predicted(pull);
  await github.push("moves", change(63));
  await scored(run);
  expect(github.comments(pull)[0]).not.toContain("Test labels");
});

it("tells a score that failed", async () => {
  const pull = await github.openPull("broken-labels", change(64));
  const run = await predicted(pull);
  await scored(run, {
    ...{ outcome: "failed", evaluation: undefined as never, gates: {} },
    problem: {
      code: "DATA_INVALID",
      message: "The data breaks 1 of the rules that its spec declares",
      found: "labels.bill: id",
    },
  });
  expect(slipway(pull)).toMatchObject({ conclusion: "failure" });
  expect(github.comments(pull)[0]).toContain("The data breaks 1 of the rules");
});

it("lets what changes its own judge be merged, promotes it no further, and says when it is scored", async () => {
  const pull = await github.openPull("own-judge", change(65, "slices: [bill]\n"));
  await predicted(pull);
  expect(slipway(pull)).toMatchObject({
    conclusion: "success",
    title: "penguins is scored on sealed labels once merged",
  });
  expect(github.check(pull.head.sha, "Slipway: production")).toMatchObject({ conclusion: "failure" });
  expect(github.comments(pull)[0]).toContain("how: slices");
});

it("scores for `/score` what was reported before it was written, for who may write", async () => {
  const pull = await github.openPull("asked", change(66));
  const [nothing = ""] = await github.say("ada", pull, "/score");
  expect(nothing).toContain("NOTHING_TO_SCORE");
  const run = await predicted(pull);
  const [denied = ""] = await github.say("bob", pull, "/score");
  expect(denied).toContain("NOT_ALLOWED");
  github.calls();
  const [done = ""] = await github.say("ada", pull, "/score");
  expect(done).toContain(run.headSha.slice(0, 12));
  expect(github.calls()).toContain("POST /actions/workflows/slipway-score.yml/dispatches");
});
