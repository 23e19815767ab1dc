import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { localRuns } from "../../core/acts/local-runs-here.ts";
import { curvesIn } from "../../core/acts/read-run.ts";
import { editNote, readNotes } from "../../core/experiments/run-notes.ts";
import { sweepLeftovers } from "../../core/runtime/sweep.ts";
import { temporaryFolder } from "../runtime/temporary.ts";
import { begunRun, endedRun, runId } from "./run-folders.ts";

const [FIRST, SECOND] = [runId(9, "a"), runId(10, "b")];

describe("the runs of a clone", () => {
  it("are listed newest first, with params, metrics and verdicts", async () => {
    const state = temporaryFolder();
    await endedRun(state, FIRST);
    await endedRun(state, SECOND, { params: '{"tree":{"depth":4.0}}' });
    expect(await localRuns({ state }).list()).toMatchObject([
      { run: SECOND, params: { "tree.depth": "4.0" } },
      {
        run: FIRST,
        status: "finished",
        metrics: { accuracy: { value: 0.91, low: 0.86, high: 0.95, deciding: true }, recall: { value: 0.93 } },
        verdicts: { register: "pass" },
      },
    ]);
  });

  it("are read from their results where no line of them was kept, or an unreadable one", async () => {
    const state = temporaryFolder();
    await endedRun(state, FIRST);
    await endedRun(state, SECOND);
    rmSync(join(state, "runs", FIRST, "summary.json"));
    writeFileSync(join(state, "runs", SECOND, "summary.json"), "{");
    expect((await localRuns({ state }).list()).map(({ run }) => run)).toEqual([SECOND, FIRST]);
  });

  it("say that a run goes on, and that it was interrupted once its process is gone", async () => {
    const state = temporaryFolder();
    begunRun(state, FIRST, { gone: true });
    begunRun(state, SECOND);
    const runs = localRuns({ state });
    expect((await runs.list()).map(({ status }) => status)).toEqual(["running", "interrupted"]);
    await endedRun(state, SECOND);
    expect((await runs.list())[0]?.status).toBe("finished");
  });

  it("tell a stopped run from one that failed", async () => {
    const state = temporaryFolder();
    const problem = (code: string) => ({ code, message: "it ended" });
    await endedRun(state, FIRST, { outcome: "failed", problem: problem("INTERRUPTED") });
    await endedRun(state, SECOND, { outcome: "failed", problem: problem("COMMAND_FAILED") });
    expect((await localRuns({ state }).list()).map(({ status }) => status)).toEqual(["failed", "interrupted"]);
  });

  it("lose no folder of a killed run to the sweep, but its owner's note", async () => {
    const state = temporaryFolder();
    begunRun(state, FIRST, { gone: true, files: { "curves.jsonl": '{"step":1,"loss":1}\n' } });
    const places = { temporary: temporaryFolder(), runs: join(state, "runs"), cache: join(state, "cache") };
    await sweepLeftovers(places);
    expect(existsSync(join(state, "runs", FIRST, "owner.json"))).toBe(false);
    expect((await localRuns({ state }).list())[0]).toMatchObject({ run: FIRST, status: "interrupted" });
    expect(await curvesIn(join(state, "runs", FIRST))).toEqual([{ step: 1, loss: 1 }]);
  });

  it("keep what people said of them, whoever writes at the same time", async () => {
    const state = temporaryFolder();
    await Promise.all([
      editNote(state, FIRST, (note) => ({ ...note, starred: true })),
      editNote(state, SECOND, (note) => ({ ...note, note: "deep" })),
      editNote(state, FIRST, (note) => ({ ...note, note: "first" })),
    ]);
    expect(await readNotes(state)).toEqual({ [FIRST]: { starred: true, note: "first" }, [SECOND]: { note: "deep" } });
    await editNote(state, FIRST, () => ({}));
    expect(JSON.parse(readFileSync(join(state, "run-notes.json"), "utf8")).runs).toEqual({
      [SECOND]: { note: "deep" },
    });
  });
});
