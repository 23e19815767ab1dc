import { join } from "node:path";
import type { RunResult } from "../../schemas/run-result.ts";
import { RunCode } from "../../schemas/run-summary.ts";
import { canonicalJson } from "../canonical.ts";
import { type LocalRuns, openLocalRuns } from "../experiments/local-runs.ts";
import { RUN_FILES, readJson } from "../experiments/run-folder.ts";
import type { Workspace } from "../git/workspace.ts";
import { summarizeRun, summarizeStart } from "../report/summarize-run.ts";
import { writeDurably } from "../write-durably.ts";
import { codeDigest } from "./code-of.ts";

/** The runs that were made in this clone. */
export function localRuns({ state }: Pick<Workspace, "state">): LocalRuns {
  return openLocalRuns(state, {
    ended: (result) => summarizeRun(result, { from: "local" }),
    started: summarizeStart,
  });
}

/** Writes a run that has ended on one line beside its result: a table of many runs reads no results. */
export async function keepSummary(folder: string, run: RunResult): Promise<void> {
  const code = await codeIn(folder);
  const about = { from: "local" as const, ...(code ? { code: codeDigest(code.files) } : {}) };
  await writeDurably(join(folder, RUN_FILES.summary), canonicalJson(summarizeRun(run, about)));
}

/** What a local run's code was; undefined of a run that did not say so. */
export function codeIn(folder: string): Promise<RunCode | undefined> {
  return readJson(join(folder, RUN_FILES.code), 16 * 1024 * 1024, RunCode);
}
