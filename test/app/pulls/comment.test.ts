import { expect, it } from "vitest";
import { MARKER, renderComment } from "../../../app/pulls/render/comment.ts";
import type { Judged } from "../../../app/pulls/state/state.ts";
import { manifest } from "../../registry/builders.ts";
import { AGAINST_PRODUCTION, runResult } from "../../report/run-result.ts";
import { judged, planned, pullState } from "./states.ts";

const REPOSITORY = { url: "https://github.com/acme/models" };
const LIMIT = 65_536;
const long = (word: string) => word.repeat(3_000);

it("stays within what GitHub takes, however many models there are, and shows those that fail first", () => {
  const models = Array.from({ length: 250 }, (_, at) =>
    judged(`model-${at}`, {}, at === 200 ? { outcome: "failed", problem: { code: "X", message: long("<boom>") } } : {}),
  );
  const comment = renderComment(pullState(models), REPOSITORY);
  expect(comment.length).toBeLessThanOrEqual(LIMIT);
  expect(comment.indexOf("❌ the run failed")).toBeLessThan(comment.indexOf("✅ may merge, promotable"));
  expect(comment).toContain("and 150 more models");
});

it("stays within it too where every notice and every version has much to say", () => {
  const models = Array.from({ length: 40 }, (_, at) => judged(`model-${at}`));
  const paths = Array.from({ length: 500 }, (_, at) => `.github/workflows/${at}-${long("$")}.yml`);
  const base = pullState(models);
  const refusals = Array.from({ length: 20 }, () => ({ code: "GATE_FAILED", message: long("$@"), hint: long("<") }));
  const at = { at: "2026-01-31T09:00:00Z", run: { id: 1, attempt: 1, url: "" }, commit: "c".repeat(40), gates: [] };
  const comment = renderComment(
    {
      ...base,
      plan: { ...base.plan, paths },
      pull: { ...base.pull, state: "merged" },
      merged: models.map(({ model }) => ({ model, kind: "missed", missed: { ...at, outcome: "refused", refusals } })),
    },
    REPOSITORY,
  );
  expect(comment.length).toBeLessThanOrEqual(LIMIT);
  expect(comment).toMatch(/^<!-- slipway:pull-request -->\n/);
});

it("says what waits, what is refused and what is removed", () => {
  const waiting = renderComment(
    pullState([{ model: "penguins", planned: planned("penguins"), obstacles: [], kind: "waiting" }]),
    REPOSITORY,
  );
  expect(waiting).toContain("waiting for the pipeline");
  const run = { id: 42, attempt: 1, url: "", status: "in_progress" as const };
  const running = renderComment(
    pullState([{ model: "penguins", planned: undefined, obstacles: [], kind: "waiting" }], { run }),
    REPOSITORY,
  );
  expect(running).toContain("the pipeline is running");
  expect(running).toContain("https://github.com/acme/models/actions/runs/42");
  const refusal = { code: "RESULT_DIGEST", message: "Not the bytes.", hint: "Comment `/retry`." };
  const refused = renderComment(
    pullState([{ model: "penguins", planned: undefined, obstacles: [], kind: "refused", refusal, run: undefined }]),
    REPOSITORY,
  );
  expect(refused).toContain("RESULT&#95;DIGEST".replace("&#95;", "_"));
  expect(refused).toContain("Comment /retry.");
});

it("puts what became of a merge before the report, and says what to type next", () => {
  const record = {
    ...{
      slipway: 1 as const,
      name: "penguins",
      tags: {},
      aliases: {},
      latest_version: 2,
      created_at: "",
      updated_at: "",
    },
    stages: { staging: { version: 2, assignment: 1, decision: "d", at: "" } },
  };
  const made = {
    model: "penguins",
    kind: "registered" as const,
    manifest: manifest({ version: 2 }),
    record,
    deployments: new Map(),
    requests: [],
    failing: [],
    uncompared: [],
    restorable: false,
    refused: undefined,
  };
  const base = pullState([judged()]);
  const pull = { ...base.pull, state: "merged" as const };
  const comment = renderComment({ ...base, pull, merged: [made] }, REPOSITORY);
  expect(comment).toContain("### 🏷️ penguins version 2 is registered");
  expect(comment).toContain("In **staging**.");
  expect(comment).toContain("`/promote production`");
  expect(comment.indexOf("version 2")).toBeLessThan(comment.indexOf("<details><summary>The pull request's report"));

  const live = { ...record, stages: { production: { version: 2, assignment: 2, decision: "d", at: "" } } };
  const promoted = renderComment({ ...base, pull, merged: [{ ...made, record: live }] }, REPOSITORY);
  expect(promoted).toContain("### 🚀 penguins version 2 is in production");
  expect(promoted).not.toContain("/rollback");
  const after = renderComment({ ...base, pull, merged: [{ ...made, record: live, restorable: true }] }, REPOSITORY);
  expect(after).toContain("`/rollback production` brings back what was there before");
  const held = {
    ...record,
    hold: { review: "e".repeat(32), by: { name: "ada", id: "ada" }, at: "", reason: "@all wait" },
  };
  const waiting = renderComment({ ...base, pull, merged: [{ ...made, record: held }] }, REPOSITORY);
  expect(waiting).toContain("On hold by ada: @&#8203;all wait");
  expect(waiting).toContain("`/unhold penguins`");
});

it("tells what may merge from what could be promoted then", () => {
  const open = { code: "GATE_FAILED", message: "accuracy: expected at least 0.99, found 0.91." };
  const heading = (about: Partial<Judged>) =>
    renderComment(pullState([judged("penguins", about)]), REPOSITORY).split("\n")[2];
  expect(heading({})).toBe("### ✅ penguins: may merge: registers, and would be promotable to production");
  expect(heading({ blockers: { register: [], target: [open] } })).toBe(
    "### ℹ️ penguins: may merge: registers. Not promotable to production as it is (1 gate fails)",
  );
  expect(heading({ blockers: { register: [open], target: [open] } })).toBe(
    "### ❌ penguins: may not merge: it would not be registered (1 gate fails)",
  );
});

it("gives each of several models a row with its verdict, the metric that decides, its change and its run", () => {
  const { evaluation } = runResult();
  if (!evaluation) throw new Error("no evaluation");
  const better = judged("late", {}, { evaluation: { ...evaluation, comparisons: [AGAINST_PRODUCTION] } });
  const comment = renderComment(pullState([judged(), better]), REPOSITORY);
  const run = "[run](https://github.com/acme/models/actions/runs/42)";
  expect(comment).toContain("| Model | Verdict | Decides |");
  expect(comment).toContain(`| late<br>${run} | ✅ may merge, promotable | accuracy 0.91<br>≈ +0.01 `);
});

it("folds the gates that pass where any does not", () => {
  const result = (verdict: "pass" | "fail", metric: string) => ({
    ...{ gate: { metric, "at-least": 0.5 }, origin: "spec" as const, verdict, expected: "at least 0.5", found: "0.4" },
  });
  const gates = { register: [result("pass", "recall"), result("fail", "accuracy")] };
  const comment = renderComment(pullState([judged("penguins", {}, { gates })]), REPOSITORY);
  const folded = comment.indexOf("<details><summary>1 gate that passes</summary>");
  expect(comment.indexOf("❌\u00a0fail")).toBeLessThan(folded);
  expect(comment.indexOf("✅\u00a0pass")).toBeGreaterThan(folded);
});

it("links the log of a job that failed, and nothing else that looks like one", () => {
  const failedJobs = [
    { name: "train", url: "https://github.com/acme/models/actions/runs/42/job/7" },
    { name: "predict", url: "javascript:alert(1)" },
  ];
  const refusal = { code: "RESULT_MISSING", message: "The run ended without a result for penguins." };
  const about = { model: "penguins", planned: undefined, obstacles: [], run: undefined };
  const comment = renderComment(pullState([{ ...about, kind: "refused", refusal, failedJobs }]), REPOSITORY);
  expect(comment).toContain("penguins: [log of train](https://github.com/acme/models/actions/runs/42/job/7)");
  expect(comment).not.toContain("javascript:");
});

it("shows the chart of the comparison at once, and folds the others", () => {
  const charts = { comparison: "a".repeat(64), roc: "b".repeat(64) };
  const comment = renderComment(pullState([judged("penguins", { charts })]), REPOSITORY);
  const folded = comment.indexOf("<details><summary>Charts</summary>");
  expect(comment.indexOf("a".repeat(64))).toBeLessThan(folded);
  expect(comment.indexOf("b".repeat(64))).toBeGreaterThan(folded);
});

it("links no run that GitHub did not number", () => {
  const run = { id: 7, attempt: 1, url: "javascript:alert(1)" };
  expect(renderComment(pullState([judged("penguins", { run })]), REPOSITORY)).not.toContain("javascript:");
});

it("begins with the line by which it is found again", () => {
  expect(renderComment(pullState([judged()]), REPOSITORY).startsWith(`${MARKER}\n`)).toBe(true);
});

it("says so where it was closed without a merge", () => {
  const base = pullState([judged()]);
  const comment = renderComment({ ...base, pull: { ...base.pull, state: "closed" } }, REPOSITORY);
  expect(comment).toContain("Closed without a merge: nothing of it is registered.");
});

it("leaves no model's changes out where there are more than the top can tell", () => {
  const models = Array.from({ length: 25 }, (_, at) => {
    const reasons = [{ kind: "spec" as const, paths: at === 24 ? ["gates.production"] : ["data.test"] }];
    return { ...judged(`model-${at}`), planned: planned(`model-${at}`, { reasons }) };
  });
  const comment = renderComment(pullState(models), REPOSITORY);
  expect(comment).toContain("5 more: each model's are in its report.");
  expect(comment).toContain("Changes the gates of model-24.");
});
