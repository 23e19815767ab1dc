import { expect, it, onTestFinished } from "vitest";
import { localRuns } from "../../core/acts/local-runs-here.ts";
import { shareRuns } from "../../core/acts/share-runs.ts";
import { openExperiments } from "../../core/experiments/open.ts";
import { MAX_RECORD_BYTES, openRunRecords, recordFile } from "../../core/experiments/run-records.ts";
import { openObjects } from "../../core/git/objects.ts";
import { recordOfRun } from "../../core/report/run-record.ts";
import type { RunRecord } from "../../schemas/run-summary.ts";
import { ADA } from "../registry/builders.ts";
import { bareRepository } from "../registry/repositories.ts";
import { runResult } from "../report/run-result.ts";
import { temporaryFolder } from "../runtime/temporary.ts";
import { endedRun, runId } from "./run-folders.ts";

const AT = new Date("2026-03-01T09:00:00.000Z");

async function arrange() {
  const objects = await openObjects(await bareRepository());
  onTestFinished(() => objects.close());
  const experiments = openExperiments(objects, undefined);
  const write = (...files: [string, string][]) =>
    experiments.write({ files: Object.fromEntries(files), subject: "Report on #7", author: ADA, at: AT });
  return { experiments, write, records: openRunRecords(experiments) };
}

function record(run: string, hour: number, about: Partial<RunRecord> = {}): RunRecord {
  const started_at = `2026-03-01T${String(hour).padStart(2, "0")}:00:00.000Z`;
  return { ...recordOfRun(runResult({ run, started_at }), { from: "pull", pull_request: 7 }, {}), ...about };
}

it("keeps every run, and lists them newest first, of all models or of one", async () => {
  const { write, records } = await arrange();
  expect(await records.list()).toEqual([]);
  await write(recordFile(record("1-1-penguins", 9)), recordFile(record("2-1-penguins", 10)));
  await write(recordFile(record("2-1-rain", 11, { model: "rain" })));
  expect((await records.list()).map(({ run }) => run)).toEqual(["2-1-rain", "2-1-penguins", "1-1-penguins"]);
  expect((await records.list("penguins")).map(({ run }) => run)).toEqual(["2-1-penguins", "1-1-penguins"]);
  expect(await records.read("rain", "2-1-rain")).toMatchObject({ pull_request: 7, given: '{"trees":50}' });
});

it("leaves out what is no record, or stands in another's place", async () => {
  const { write, records } = await arrange();
  const [, text] = recordFile(record("1-1-penguins", 9));
  await write(
    ["run-records/penguins/2-1-penguins.json", text],
    ["run-records/penguins/x.json", "{"],
    ["run-records/penguins/large.json", " ".repeat(MAX_RECORD_BYTES + 1)],
    recordFile(record("3-1-penguins", 9)),
  );
  expect((await records.list()).map(({ run }) => run)).toEqual(["3-1-penguins"]);
});

it("fits a record: what the program logged goes first, then the curves", () => {
  const curves = Array.from({ length: 500 }, (_, step) => ({ step, [`loss-${"x".repeat(80)}`]: 0.1 }));
  const points = Array.from({ length: 500 }, (_, at): [number, number, number] => [at, at / 7, at]);
  const metrics = Array.from({ length: 30 }, (_, at) => ({
    ...{ name: `m${at}`, count: 500, last: [499, 1, 1] as [number, number, number], least: 0, most: 1, points },
  }));
  const logged = {
    slipway: 1 as const,
    runs: [{ id: "r", tool: "mlflow" as const, name: "r", params: [], tags: [], metrics, artifacts: [] }],
    left_out: [],
  };
  const [, text] = recordFile(record("1-1-penguins", 9, { curves, logged }));
  const kept: RunRecord = JSON.parse(text);
  expect([kept.logged, kept.curves?.length]).toEqual([undefined, 500]);
});

it("shares what a run was, and nothing that its program printed or that names rows", async () => {
  const { experiments, records } = await arrange();
  const state = temporaryFolder();
  const run = runId(9, "a");
  await endedRun(state, run, {
    outcome: "failed",
    problem: {
      code: "COMMAND_FAILED",
      message: "training failed",
      found: "exit code 1; its last lines:\nrow 7: SECRET",
    },
  });
  const local = localRuns({ state });
  const places = { local, experiments, clock: () => AT };
  const { shared } = await shareRuns(places, await local.list(), ADA);
  expect(shared).toEqual([run]);
  expect(JSON.stringify(await records.read("penguins", run))).not.toContain("SECRET");
  expect(await shareRuns(places, await local.list(), ADA)).toMatchObject({ shared: [], unchanged: [run] });
});
