import { describe, expect, it } from "vitest";
import { compareRuns } from "../../core/report/compare-runs.ts";
import { flatParams, summarizeRun } from "../../core/report/summarize-run.ts";
import type { RunSummary } from "../../schemas/run-summary.ts";
import { runResult } from "./run-result.ts";

const run = (about: Partial<RunSummary> = {}): RunSummary => ({
  ...summarizeRun(runResult(), { from: "local" }),
  ...about,
});
const measured = (value: number) => ({ accuracy: { value, greater_is_better: true, deciding: true as const } });

describe("a comparison of runs", () => {
  it("tells first what differs", () => {
    const { params } = compareRuns([run({ params: { a: "1", z: "1" } }), run({ params: { a: "1", z: "2" } })]);
    expect(params.map(({ name, differs }) => [name, differs])).toEqual([
      ["z", true],
      ["a", false],
      ["seed", false],
    ]);
  });

  it("holds values against the first run, and names the best", () => {
    const { metrics } = compareRuns([
      run({ metrics: measured(0.5) }),
      run({ metrics: measured(0.75) }),
      run({ metrics: {} }),
    ]);
    expect(metrics[0]).toEqual({
      ...{ name: "accuracy", values: [0.5, 0.75, null], differences: [null, 0.25, null], best: 1, own: false },
    });
  });

  it("names no best where two are equal", () => {
    expect(compareRuns([run({ metrics: measured(0.5) }), run({ metrics: measured(0.5) })]).metrics[0]?.best).toBeNull();
  });

  it("marks what the program logged itself, last", () => {
    const tracked = { params: {}, metrics: { loss: 0.1 }, tags: {} };
    const { metrics } = compareRuns([run({ metrics: measured(1), tracked }), run({ metrics: measured(1) })]);
    expect(metrics.map(({ name, own }) => [name, own])).toEqual([
      ["accuracy", false],
      ["loss", true],
    ]);
  });

  it("says whether the test rows were the same", () => {
    const data = (sha256: string) => ({ data: { test: { sha256: sha256.repeat(64), rows: 1 } } });
    expect(compareRuns([run(data("a")), run(data("a"))]).same_test).toBe(true);
    expect(compareRuns([run(data("a")), run(data("b"))]).same_test).toBe(false);
  });
});

it("names nested params with dots", () => {
  expect(flatParams({ a: { b: 1, c: { d: "x" } }, e: [1, 2], f: {} })).toEqual({
    "a.b": "1",
    "a.c.d": "x",
    e: "[1, 2]",
    f: "{  }",
  });
});
