import { randomBytes } from "node:crypto";
import { NO_PARAMS } from "../../schemas/names.ts";
import type { Problem } from "../../schemas/problem.ts";
import type { RunResult, StepResult } from "../../schemas/run-result.ts";
import { timestamp } from "../clock.ts";
import { SlipwayError } from "../errors.ts";
import type { RunRequest } from "./run-request.ts";

/** A run's id: sorts by time, and two at the same moment differ. */
export function newRunId(now: Date): string {
  return `${now.toISOString().replace(/[-:]|\.\d+/g, "")}-${randomBytes(4).toString("hex")}`;
}

/** The record of a run that has not got anywhere yet: it is filled step by step, so a failure keeps what was done. */
export function newRecord(run: string, request: RunRequest, started: Date): RunResult {
  const { model, source, binding, fingerprint, tried = [] } = request;
  return {
    slipway: 1,
    run,
    model: model.name,
    spec: model.path,
    outcome: "failed",
    source,
    binding,
    fingerprint,
    ...(tried.length > 0 ? { tried: [...tried] } : {}),
    steps: [],
    violations: [],
    params: model.spec.train?.params ?? NO_PARAMS,
    seed: model.spec.train?.seed ?? 0,
    environment: { locks: [], runtime: { platform: process.platform, arch: process.arch, programs: {} } },
    gates: {},
    started_at: timestamp(started),
    seconds: 0,
  };
}

/** Runs one step and records how it went: its outcome, its seconds, and what `act` says about it. */
export async function recordStep<T>(
  steps: StepResult[],
  step: StepResult["step"],
  act: (about: Partial<StepResult>) => Promise<T>,
): Promise<T> {
  const about: Partial<StepResult> = {};
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1_000;
  try {
    const result = await act(about);
    steps.push({ step, outcome: "done", ...about, seconds: seconds() });
    return result;
  } catch (error) {
    steps.push({ step, ...about, outcome: "failed", seconds: seconds() });
    throw error;
  }
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
