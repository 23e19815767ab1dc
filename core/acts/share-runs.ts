import type { CommitId, Person } from "../../schemas/names.ts";
import type { RunSummary } from "../../schemas/run-summary.ts";
import { timestamp } from "../clock.ts";
import { SlipwayError } from "../errors.ts";
import type { LocalRuns } from "../experiments/local-runs.ts";
import type { Experiments } from "../experiments/open.ts";
import { editNote } from "../experiments/run-notes.ts";
import { openRunRecords, recordFile } from "../experiments/run-records.ts";
import { withoutRows } from "../report/run-record.ts";
import { readRun } from "./read-run.ts";

export interface SharedRuns {
  /** Those whose record is new on the branch, or another by now. */
  shared: string[];
  unchanged: string[];
  commit: CommitId | undefined;
}

/**
 * Puts the records of local runs on the branch `experiments`, in one commit: what they were made of and what was measured, and no
 * row, no prediction, no file's content. Twice is once. Rejects with USAGE for a run that goes on, and as Experiments.write does.
 */
export async function shareRuns(
  { local, experiments, clock }: { local: LocalRuns; experiments: Experiments; clock(): Date },
  runs: readonly RunSummary[],
  by: Person,
): Promise<SharedRuns> {
  const records = openRunRecords(experiments);
  const files: Record<string, string> = {};
  const [shared, unchanged]: [string[], string[]] = [[], []];
  for (const summary of runs) {
    if (summary.status === "running")
      throw new SlipwayError("USAGE", `the run ${summary.run} goes on`, { hint: "share it once it has ended" });
    if (summary.from !== "local") {
      unchanged.push(summary.run);
      continue;
    }
    const { shared: _, ...record } = await readRun({ local, records }, summary);
    const before = await records.read(summary.model, summary.run);
    const [path, text] = recordFile({ ...withoutRows(record), from: "shared", by: before?.by ?? by });
    const isSame = before !== undefined && recordFile(before)[1] === text;
    (isSame ? unchanged : shared).push(summary.run);
    if (!isSame) files[path] = text;
  }
  if (shared.length === 0) return { shared, unchanged, commit: undefined };
  const at = clock();
  const subject = `Share ${shared.length === 1 ? `run ${shared[0]}` : `${shared.length} runs`}`;
  const commit = await experiments.write({ files, subject, author: by, at });
  for (const run of shared)
    await editNote(local.state, run, (note) => ({ ...note, shared: { commit, at: timestamp(at) } }));
  return { shared, unchanged, commit };
}
