import { describe, expect, it } from "vitest";
import { checkGate } from "../../core/gates/check-gate.ts";
import { buildReport } from "../../core/report/build-report.ts";
import type { MetricComparison } from "../../schemas/evaluation.ts";
import type { Gate } from "../../schemas/gate.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import type { Tracked } from "../../schemas/tracked.ts";
import { comparison, evaluation, metric, NO_PRODUCTION, pair, within } from "../gates/evidence.ts";
import { AGAINST_PRODUCTION, runResult } from "./run-result.ts";

const measured = evaluation({ accuracy: metric(0.91) });
const answer = (gate: Gate) =>
  checkGate({ gate, origin: "spec" }, { evaluation: measured, comparisons: [], tries: [] });
const PASS = answer({ metric: "accuracy", "at-least": 0.9 });
const FAIL = answer({ metric: "accuracy", "at-least": 0.95 });
const UNCLEAR = answer({ metric: "auc", "at-least": 0.9 });
const VIOLATION = {
  set: "train" as const,
  column: "sex",
  check: "one-of" as const,
  count: 12,
  rows: ["17", "203"],
  expected: "male or female",
  found: "other values",
};

function section(title: string, input: Parameters<typeof buildReport>[0]) {
  return buildReport(input).sections.find((each) => each.title === title);
}

describe("what the program logged itself", () => {
  const tracked = {
    slipway: 1 as const,
    runs: [
      {
        ...{ id: "a".repeat(32), tool: "mlflow" as const, name: "first", tags: [] },
        params: [{ name: "depth", value: "4" }],
        metrics: [{ name: "loss", count: 3, last: [2, 0.25, 0], least: 0.25, most: 1, points: [[2, 0.25, 0]] }],
        artifacts: [{ path: "a.html", size: 1, sha256: "a".repeat(64) }],
      },
    ],
    left_out: ["Values of x that are no finite number were left out."],
  } satisfies Tracked as Tracked;
  const title = "What the program logged itself";

  it("stands in a section of its own, folded, as the program's own word", () => {
    const found = section(title, { run: runResult({ tracked }) });
    expect(found?.folded).toBe(true);
    expect(found?.text).toEqual([
      expect.stringContaining("The platform measured none of this"),
      "It logged 1 file: their names and digests are in the run's record.",
      "Values of x that are no finite number were left out.",
    ]);
    expect(found?.table?.rows).toEqual([
      ["first", "metric, last of 3", "loss", "0.25"],
      ["first", "param", "depth", "4"],
    ]);
  });

  it("is left out where nothing was logged", () => {
    expect(section(title, { run: runResult() })).toBeUndefined();
  });

  it("shows a hundred values, and says of how many", () => {
    const [run] = tracked.runs as [Tracked["runs"][number]];
    const params = Array.from({ length: 150 }, (_, at) => ({ name: `p${at}`, value: "1" }));
    const found = section(title, { run: runResult({ tracked: { ...tracked, runs: [{ ...run, params }] } }) });
    expect(found?.table?.rows).toHaveLength(100);
    expect(found?.text).toContain("Of 151 values the first 100 are shown.");
  });
});

describe("the verdict", () => {
  it.each([
    [
      "every gate passes",
      runResult({ gates: { register: [PASS], production: [PASS] } }),
      "pass",
      "All 2 gates pass (register, production)",
    ],
    [
      "a stage's gate fails",
      runResult({ gates: { register: [PASS], production: [FAIL, UNCLEAR] } }),
      "fail",
      "Would not be promoted to production: 1 of 3 gates fails, 1 inconclusive",
    ],
    [
      "a register gate fails",
      runResult({ gates: { register: [FAIL] } }),
      "fail",
      "Would not be registered: 1 of 1 gate fails",
    ],
    [
      "a gate is inconclusive",
      runResult({ gates: { staging: [UNCLEAR, PASS] } }),
      "inconclusive",
      "Would not be promoted to staging: 1 of 2 gates inconclusive",
    ],
    [
      "data breaks a rule",
      runResult({ violations: [VIOLATION] }),
      "fail",
      "Would not be registered: the data breaks 1 declared rule",
    ],
    ["there is no gate", runResult({ gates: {} }), "note", "No gates are declared: nothing was asked of this version"],
  ])("says what follows where %s", (_, run, mark, text) => {
    expect(buildReport({ run }).verdict).toEqual({ mark, text });
  });

  it("says why a run failed, and what to do", () => {
    const problem = { code: "COMMAND_FAILED", message: "train ended with exit code 1", hint: "Add lib to code." };
    const report = buildReport({ run: runResult({ outcome: "failed", problem }) });
    expect(report.verdict.text).toBe("The run failed: train ended with exit code 1");
    expect(report.notices).toContain("Add lib to code.");
  });
});

it("shows what a failed command said last line by line, and its exit code at the top", () => {
  const problem = {
    code: "COMMAND_FAILED",
    message: "no",
    expected: "exit code 0",
    found: "exit code 3; its last lines:\na\nb",
  };
  const report = buildReport({ run: runResult({ outcome: "failed", problem }) });
  expect(report.notices).toContain("Expected exit code 0, found exit code 3; its last lines follow.");
  expect(report.sections.find(({ title }) => title === "Its last lines")?.table?.rows).toEqual([["a"], ["b"]]);
});

describe("the top of the report", () => {
  it("says that a run off the default branch is advisory", () => {
    expect(buildReport({ run: runResult() }).notices[0]).toMatch(/^Advisory: made from commit cccccccccccc/);
    const dirty = runResult({ source: { dirty: true } });
    expect(buildReport({ run: dirty }).notices[0]).toMatch(/not committed/);
  });

  it("does not say so of a binding one", () => {
    expect(buildReport({ run: runResult({ binding: true }) }).notices.join()).not.toMatch(/Advisory/);
  });

  it("says that the serving program answered as the predict program did, where there is one", () => {
    const served = { uri: "file:x", sha256: "a".repeat(64), size: 1 };
    const run = runResult({ evaluation: measured, served_predictions: served });
    expect(buildReport({ run }).notices.join()).toMatch(/Served answers: the same\. .* \d+ test rows? as the predict/);
    expect(buildReport({ run: runResult({ evaluation: measured }) }).notices.join()).not.toMatch(/Served answers/);
  });

  it.each(["reachable", "withheld", "sealed"] as const)("says how far labels were kept: %s", (labels) => {
    const run = runResult({ evaluation: { ...measured, labels } });
    expect(buildReport({ run }).notices.join()).toContain(`Test labels: ${labels}.`);
  });

  it("tells the host's notes first", () => {
    expect(buildReport({ run: runResult(), notes: ["This pull request changes gates."] }).notices[0]).toMatch(
      /changes gates/,
    );
  });
});

describe("of a run on the preview", () => {
  const sketch = { key: "f".repeat(32), rows: 600, features: [] };
  const preview = (about: Partial<RunResult>) => {
    const { data, evaluation } = runResult();
    const test = { ...measured.test, rows: 194 };
    return runResult({
      data: { ...data, test, test_sketch: sketch },
      evaluation: evaluation && { ...evaluation, test, part: "preview" },
      ...about,
    });
  };

  it.each([
    [[PASS, PASS], "By the preview's 194 rows all 2 gates pass (production)"],
    [[PASS], "By the preview's 194 rows the gate passes (production)"],
    [[PASS, FAIL], "By the preview's 194 rows it would not be promoted to production: 1 of 2 gates fails"],
  ])("the verdict says that it is by these rows", (production, text) => {
    expect(buildReport({ run: preview({ gates: { production } }) }).verdict.text).toBe(text);
  });

  it("a broken rule is not by these rows", () => {
    const { text } = buildReport({ run: preview({ gates: {}, violations: [VIOLATION] }) }).verdict;
    expect(text).toBe("Would not be registered: the data breaks 1 declared rule");
  });

  it("says at the top how many rows decide, where that is known", () => {
    const top = (run: RunResult) => buildReport({ run }).notices.join(" ");
    expect(top(preview({}))).toContain("A binding run decides by the other 406 test rows.");
    const { test } = preview({}).data as NonNullable<RunResult["data"]>;
    expect(top(preview({ data: { test } }))).toContain("A binding run decides by the other test rows.");
    expect(top(runResult())).not.toContain("A binding run decides");
  });
});

describe("the sections", () => {
  it("put gates that do not pass first", () => {
    const gates = section("Gates", { run: runResult({ gates: { register: [PASS, UNCLEAR, FAIL] } }) });
    expect(gates?.table?.rows.map(([verdict]) => verdict)).toEqual([
      { mark: "fail", text: "fail" },
      { mark: "inconclusive", text: "inconclusive" },
      { mark: "pass", text: "pass" },
    ]);
  });

  it("show the code of an answer that is inconclusive, and of no other", () => {
    const none = checkGate(
      { gate: { metric: "accuracy", versus: "production", "max-regression": 0 }, origin: "spec" },
      { evaluation: measured, comparisons: [NO_PRODUCTION], tries: [] },
    );
    const gates = section("Gates", { run: runResult({ gates: { production: [UNCLEAR, FAIL, none] } }) });
    expect(gates?.table?.rows.map((row) => row.at(-1))).toEqual([
      "0.91",
      "no auc there; there are accuracy [METRIC_MISSING]",
      "nothing to compare: no version is in production",
    ]);
  });

  it("say that a first version has nothing to be compared with", () => {
    const input = { run: runResult() };
    expect(section("Candidate against production", input)).toBeUndefined();
    expect(section("Metrics", input)?.text[0]).toContain("No version is in production yet");
  });

  it("tell a clear difference from one within the noise", () => {
    const compared = section("Candidate against production", { run: runResult(), comparison: AGAINST_PRODUCTION });
    expect(compared?.table?.rows.map((row) => row.at(-1))).toEqual([
      { mark: "same", text: "unclear" },
      { mark: "better", text: "better" },
    ]);
  });

  it("do not read a time as better or worse: it differs from run to run", () => {
    const time = { candidate: 0.3, baseline: 0.2, difference: { value: 0.1 }, greater_is_better: false };
    const comparison = { ...AGAINST_PRODUCTION, metrics: { predict_ms_per_row: time } };
    const compared = section("Candidate against production", { run: runResult(), comparison });
    expect(compared?.table?.rows[0]?.at(-1)).toEqual({ mark: "inconclusive", text: "varies" });
  });

  it("read a smaller error as better", () => {
    const rmse = pair(9, 10, { difference: { value: -1, ...within(-1.5, -0.5) }, greater_is_better: false });
    const comparison = { ...AGAINST_PRODUCTION, metrics: { rmse } };
    const compared = section("Candidate against production", { run: runResult(), comparison });
    expect(compared?.table?.rows).toEqual([["rmse", "10", "9", "-1 [-1.5, -0.5]", { mark: "better", text: "better" }]]);
  });

  it("do not call a difference without an interval better or worse", () => {
    const comparison = { ...AGAINST_PRODUCTION, metrics: { mae: pair(9, 10, { difference: { value: -1 } }) } };
    const compared = section("Candidate against production", { run: runResult(), comparison });
    expect(compared?.table?.rows[0]?.at(-1)).toEqual({ mark: "inconclusive", text: "no interval" });
  });

  describe("of a difference in steps", () => {
    const stepped = (value: number, low: number, high: number) =>
      pair(0.9, 0.8, { difference: { value, step: 0.1, ...within(low, high) } });
    const reading = (compared: MetricComparison) => {
      const run = runResult();
      const comparisons = [comparison({ accuracy: compared }, { version: 2 })];
      const evaluation = run.evaluation && { ...run.evaluation, values: "steps" as const, comparisons };
      return section("Candidate against production", { run: { ...run, evaluation } });
    };

    it.each([
      ["better, as its gate says, with a bound at zero", stepped(0.1, 0, 0.2), "better"],
      ["worse with a bound at zero", stepped(-0.1, -0.2, 0), "worse"],
      ["unclear where the bounds are around zero", stepped(0.1, -0.1, 0.2), "unclear"],
      ["unclear at the step of zero", stepped(0, 0, 0.1), "unclear"],
      ["better where both values stand at one step", { ...stepped(0.1, 0, 0.2), baseline: 0.9 }, "better"],
    ])("read it as %s", (_, compared, text) => {
      expect(reading(compared)?.table?.rows[0]?.at(-1)).toMatchObject({ text });
    });

    it("say what a bound at zero means", () => {
      const words = "Bounds in steps lie outward: with one at 0 the difference is clear.";
      expect(reading(stepped(0.1, 0, 0.2))?.text[0]).toContain(words);
      expect(reading(stepped(0.2, 0.1, 0.3))?.text[0]).not.toContain(words);
    });
  });

  it("explain what unclear means only above a row that is", () => {
    const clear = pair(0.9, 0.8, { difference: { value: 0.1, ...within(0.05, 0.15) } });
    const unclear = pair(0.81, 0.8, { difference: { value: 0.01, ...within(-0.05, 0.07) } });
    const told = (metrics: Record<string, typeof clear>) =>
      section("Candidate against production", {
        run: runResult(),
        comparison: { ...AGAINST_PRODUCTION, metrics },
      })?.text.join();
    expect(told({ auc: clear })).not.toContain("Unclear");
    expect(told({ auc: clear, f1: unclear })).toContain("Unclear: the interval holds zero.");
  });

  it("say why production's predictions are not to be had, and show the candidate's own metrics", () => {
    const comparison = {
      ...AGAINST_PRODUCTION,
      predictions: "unavailable" as const,
      reason: "no such image",
      metrics: {},
    };
    const input = { run: runResult(), comparison };
    expect(section("Candidate against production", input)?.text[0]).toContain("no such image");
    expect(section("Metrics", input)?.folded).toBe(false);
  });

  it("name the slices that got worse, and only those", () => {
    const worse = section("Slices that got worse", { run: runResult(), comparison: AGAINST_PRODUCTION });
    expect(worse?.table?.rows.map(([slice]) => slice)).toEqual([{ mark: "worse", text: "island = Dream" }]);
  });

  it("give a slice one line, by the metric that shows it best, and name it once where a gate asks for it too", () => {
    const f1 = pair(0.7, 0.9, { difference: { value: -0.2, ...within(-0.21, -0.19) } });
    const auc = pair(0.8, 0.9, { difference: { value: -0.1, ...within(-0.19, -0.01) } });
    const dream = { slice: { island: "Dream" }, rows: 31, metrics: { auc, f1 } };
    const comparison = { ...AGAINST_PRODUCTION, slices: [dream, dream] };
    const worse = section("Slices that got worse", { run: runResult(), comparison });
    expect(worse?.table?.rows).toEqual([
      [{ mark: "worse", text: "island = Dream" }, "31", "f1", "0.9 → 0.7", "-0.2 [-0.21, -0.19]", "auc"],
    ]);
  });

  it("show the clearest of many slices that got worse, and say how many there are", () => {
    const slices = Array.from({ length: 40 }, (_, index) => ({
      slice: { colony: `c${index}` },
      rows: 20,
      metrics: { f1: pair(0.8, 0.9, { difference: { value: -0.1, ...within(-0.11 - index / 100, -0.09) } }) },
    }));
    const worse = section("Slices that got worse", {
      run: runResult(),
      comparison: { ...AGAINST_PRODUCTION, slices },
    });
    expect(worse?.text).toEqual(["40 of 40 slices are clearly worse. The 6 clearest are shown."]);
    expect(worse?.table?.rows.map(([slice]) => (slice as { text: string }).text)).toEqual(
      [0, 1, 2, 3, 4, 5].map((index) => `colony = c${index}`),
    );
  });

  it("leave a matrix out of every table of numbers, and show a metric by class by its classes", () => {
    const matrix = { labels: ["no", "yes"], values: [[1]] };
    const classes = [{ class: "yes", value: 0.5 }];
    const metrics = { confusion: metric(null, { matrix }), recall: metric(null, { classes }) };
    const nothing = pair(0, 0, { candidate: null, baseline: null, difference: { value: null } });
    const recall = {
      ...nothing,
      classes: [{ class: "yes", candidate: 0.5, baseline: 0.4, difference: { value: 0.1, ...within(0.05, 0.15) } }],
    };
    const comparison = { ...AGAINST_PRODUCTION, metrics: { confusion: nothing, recall }, slices: [] };
    const slices = [{ slice: { sex: "male" }, rows: 50, metrics }];
    const input = { run: runResult({ evaluation: evaluation(metrics, { slices }) }), comparison };
    expect(section("Metrics", input)?.table?.rows).toEqual([["recall of yes", "0.5", "–", "larger"]]);
    expect(section("Candidate against production", input)?.table?.rows).toEqual([
      ["recall of yes", "0.4", "0.5", "+0.1 [0.05, 0.15]", { mark: "better", text: "better" }],
    ]);
    expect(section("Slices", input)?.table?.columns.map(({ title }) => title)).toEqual([
      "Slice",
      "Rows",
      "recall of yes",
    ]);
  });

  it("name violations by row id", () => {
    const broken = section("Data that breaks its rules", { run: runResult({ violations: [VIOLATION] }) });
    expect(broken?.table?.rows[0]).toContain("17, 203");
  });

  it("show a confusion matrix as a table too", () => {
    const matrix = {
      labels: ["no", "yes"],
      values: [
        [5, 1],
        [2, 8],
      ],
    };
    const run = runResult({ evaluation: evaluation({ confusion: metric(null, { matrix }) }) });
    expect(section("Confusion matrix: confusion", { run })?.table?.rows).toEqual([
      ["no", "5", "1"],
      ["yes", "2", "8"],
    ]);
  });

  it("say what it cost", () => {
    expect(section("Cost and time", { run: runResult() })?.text).toEqual([
      "train 12.3 s, predict 400 ms, 3.21 ms a row to predict, artifact 1.23 MB, 14.0 s in all.",
    ]);
  });
});

it("says in its details how intervals were made, and how to make them again", () => {
  const recompute = section("Recompute these numbers", { run: runResult() });
  expect(recompute?.folded).toBe(true);
  expect(recompute?.text[0]).toContain("0.1 %, 0.05 %. Made by linearized, from 100 rows");
  expect(recompute?.text[1]).toContain("e".repeat(64));
});

it("reports on a run that failed before anything was measured", () => {
  const {
    evaluation: _,
    artifact,
    predictions,
    data,
    ...rest
  } = runResult({ outcome: "failed", gates: {}, steps: [] });
  expect(buildReport({ run: rest }).sections.map(({ title }) => title)).toEqual(["Cost and time", "Inputs"]);
  expect([artifact, predictions, data]).not.toContain(undefined);
});
