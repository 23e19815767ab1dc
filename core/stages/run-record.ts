import { randomBytes } from "node:crypto";
import type { Problem } from "../../schemas/problem.ts";
import { SlipwayError } from "../errors.ts";

/** A run's id: sorts by time, and two at the same moment differ. */
export function newRunId(now: Date): string {
  return `${now.toISOString().replace(/[-:]|\.\d+/g, "")}-${randomBytes(4).toString("hex")}`;
}

/** The one problem that a run's record keeps. A bug is kept as INTERNAL, by its message. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof SlipwayError)) {
    return { code: "INTERNAL", message: error instanceof Error ? error.message : String(error) };
  }
  const [first, ...more] = error.problems;
  if (first && more.length === 0) return first;
  const found = error.problems.map((each) => each.message).join("\n");
  return { code: error.code, message: error.message, ...(found ? { found } : {}) };
}

/** What an aborted reader of data throws says only that it was aborted. */
export function asInterruption(error: unknown, signal: AbortSignal | undefined): unknown {
  const aborted = signal?.aborted && (error === signal.reason || (error as Error).name === "AbortError");
  return aborted ? new SlipwayError("INTERRUPTED", "The run was interrupted", { cause: error }) : error;
}
