import { describe, expect, it } from "vitest";
import { decidePruning } from "../../core/experiments/decide-pruning.ts";
import { surplusRecords } from "../../core/experiments/surplus-records.ts";
import { summarizeRun } from "../../core/report/summarize-run.ts";
import type { RunSummary } from "../../schemas/run-summary.ts";
import { runResult } from "../report/run-result.ts";

const NONE: ReadonlySet<string> = new Set();

/** Runs of days in March, newest first. */
function runs(...about: Partial<RunSummary>[]): RunSummary[] {
  return about.map((each, at) => ({
    ...summarizeRun(runResult({ run: `r${at}` }), { from: "local" }),
    started_at: `2026-03-${String(28 - at).padStart(2, "0")}T09:00:00.000Z`,
    ...each,
  }));
}

const gone = (pruning: ReturnType<typeof decidePruning>) => pruning.go.map(({ run }) => run);
const before = new Date("2026-03-27T12:00:00.000Z");

describe("pruning", () => {
  it("takes what is beyond a number", () => {
    expect(gone(decidePruning(runs({}, {}, {}), { keep: 1 }, NONE))).toEqual(["r1", "r2"]);
  });

  it("takes what is older than a time", () => {
    expect(gone(decidePruning(runs({}, {}, {}), { before }, NONE))).toEqual(["r1", "r2"]);
  });

  it("takes with both limits what both would take", () => {
    expect(gone(decidePruning(runs({}, {}, {}), { keep: 2, before }, NONE))).toEqual(["r2"]);
  });

  it("never takes a run that goes on, an unshared star, or what a version has its artifact from", () => {
    const found = runs(
      { status: "running" },
      { starred: true },
      { starred: true, shared: true, artifact: { sha256: "b".repeat(64), size: 1 } },
      { artifact: { sha256: "a".repeat(64), size: 1 } },
    );
    const pruning = decidePruning(found, { keep: 0 }, new Set(["a".repeat(64)]));
    expect(gone(pruning)).toEqual(["r2"]);
    expect(pruning.stay).toEqual([
      { run: "r1", why: "starred" },
      { run: "r3", why: "artifact" },
    ]);
  });
});

describe("records of pull requests", () => {
  it("make room for the next one, but for starred and shared ones", () => {
    const found = runs({ from: "pull" }, { from: "pull" }, { from: "pull", starred: true }, { from: "shared" });
    expect(surplusRecords(found, 2)).toEqual(["run-records/penguins/r1.json"]);
  });
});
