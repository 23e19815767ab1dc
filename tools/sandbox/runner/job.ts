import { appendFile } from "node:fs/promises";
import type { Job } from "../state.ts";
import type { Attempt, JobEnd, Scope } from "./attempt.ts";
import { condition, fill, fillTexts, text } from "./expressions.ts";
import { closePlace, type JobRequest, masked, openPlace, type Place, stepContexts } from "./place.ts";
import { runStep } from "./step.ts";
import type { StepSpec } from "./workflow-file.ts";

const OUTPUT_BYTES = 1024 * 1024;

/**
 * Runs one job's steps as GitHub's runner would: in a folder of its own, in an environment of which only PATH is this
 * machine's, with a token that ends with the job.
 */
export async function runSteps(attempt: Attempt, scope: Scope, request: JobRequest): Promise<JobEnd> {
  const place = await openPlace(attempt, scope, request);
  try {
    for (const step of request.spec.steps ?? []) await takeStep(place, step);
    for (const post of place.posts) await post();
    const outputs = Object.entries(fillTexts(request.spec.outputs, stepContexts(place)));
    // GitHub drops an output that holds a secret.
    const safe = outputs.filter(([, value]) => masked(place, value) === value);
    const bytes = Buffer.byteLength(safe.map(([, value]) => value).join(""));
    if (bytes > OUTPUT_BYTES) throw new Error(`outputs: ${bytes} bytes, and GitHub takes ${OUTPUT_BYTES} of a job`);
    return { result: place.status, outputs: Object.fromEntries(safe) };
  } finally {
    await closePlace(place);
  }
}

async function takeStep(place: Place, step: StepSpec): Promise<void> {
  const { attempt, request, log } = place;
  if (request.cancel.aborted) place.status = "cancelled";
  const { status } = place;
  const name = titleOf(step, place);
  const record: Job["steps"][number] = {
    name,
    number: request.job.steps.length + 1,
    status: "in_progress",
    conclusion: null,
    startedAt: attempt.state.now(),
    completedAt: null,
  };
  request.job.steps.push(record);
  const before = { success: status === "success", failure: status === "failure", cancelled: status === "cancelled" };
  let outcome: "success" | "failure" | "skipped" = "skipped";
  let outputs: Record<string, string> = {};
  try {
    if (condition(step.if, stepContexts(place, step.env), before)) {
      await appendFile(log, `##[group]${name}\n`);
      const end = await runStep(place, step);
      outputs = end.outputs;
      outcome = end.ok ? "success" : "failure";
    }
  } catch (error) {
    outcome = "failure";
    await appendFile(log, masked(place, `##[error]${error instanceof Error ? error.message : error}\n`));
  }
  const forgiven = outcome === "failure" && fill(step["continue-on-error"] ?? false, stepContexts(place)) === true;
  const conclusion = forgiven ? "success" : outcome;
  if (request.cancel.aborted) place.status = "cancelled";
  else if (conclusion === "failure" && status === "success") place.status = "failure";
  if (step.id !== undefined) place.steps[step.id] = { outputs, outcome, conclusion };
  Object.assign(record, { status: "completed", conclusion, completedAt: attempt.state.now() });
}

function titleOf(step: StepSpec, place: Place): string {
  if (step.name !== undefined) return masked(place, text(fill(step.name, stepContexts(place, step.env))));
  return `Run ${step.uses ?? step.run?.trim().split("\n")[0] ?? ""}`;
}
