import type { RunResult } from "../../schemas/run-result.ts";
import type { RunCode, RunRecord } from "../../schemas/run-summary.ts";
import type { Tracked } from "../../schemas/tracked.ts";
import { type RunOrigin, summarizeRun } from "./summarize-run.ts";

const MAX_GIVEN = 32_000;

/** What is known of a run beside its result. */
export interface RunDetails {
  files?: RunCode["files"] | undefined;
  curves?: RunResult["training_curves"];
  tracked?: Tracked | undefined;
}

/** A run that has ended, with all that its page shows. */
export function recordOfRun(result: RunResult, origin: RunOrigin, details: Omit<RunDetails, "tracked">): RunRecord {
  const { problem, gates, tracked, params } = result;
  return {
    ...summarizeRun(result, origin),
    ...(problem ? { problem } : {}),
    ...(params.length <= MAX_GIVEN ? { given: params } : {}),
    gates,
    ...kept({ tracked, ...details }),
  };
}

/** What is there of the details: as a record has them. */
export function kept({ files = [], curves = [], tracked }: RunDetails): Pick<RunRecord, "files" | "curves" | "logged"> {
  return {
    ...(files.length > 0 ? { files } : {}),
    ...(curves.length > 0 ? { curves } : {}),
    ...(tracked && tracked.runs.length > 0 ? { logged: tracked } : {}),
  };
}

/** The record as others may have it: what a program printed last, and which rows break rules, may say what is in rows. */
export function withoutRows(record: RunRecord): RunRecord {
  const { problem, ...rest } = record;
  if (problem === undefined) return record;
  const { found: _, ...said } = problem;
  return { ...rest, problem: said };
}
