import { z } from "zod";
import { Refusal } from "./decision.ts";
import { GateResult } from "./gate.ts";
import { CommitId, ModelName, Sha256, Timestamp } from "./names.ts";
import { RunResult } from "./run-result.ts";

const ActionsRun = z.object({
  id: z.int().min(1).describe("GitHub's id of the workflow run."),
  attempt: z.int().min(1),
  url: z.string().max(500).describe("The run's page."),
});

/** Why the default branch's own run made no version of a merged pull request's model. */
export const MissedRegistration = z.object({
  commit: CommitId.describe("The default branch's commit that the run is about."),
  run: ActionsRun,
  outcome: z.enum(["refused", "failed", "unchanged"]),
  refusals: z.array(Refusal),
  gates: z.array(GateResult),
  at: Timestamp,
});
export type MissedRegistration = z.infer<typeof MissedRegistration>;

/**
 * `experiments`: `pulls/<number>/<model>.json`: what a pull request's last run reported of a model, or why that was not
 * taken. Advisory: a record of what was shown, from which nothing is decided.
 */
export const PullResult = z.object({
  slipway: z.literal(1),
  pull_request: z.int().min(1),
  model: ModelName,
  head: CommitId.describe("The pull request's head that the run is about."),
  fork: z.boolean(),
  run: ActionsRun,
  result: RunResult.optional().describe("Without the artifact's list of files; absent where it was not taken."),
  scored_by: ActionsRun.optional().describe("The default branch's run that scored the result on sealed labels."),
  refusal: Refusal.optional().describe("Why the result was not taken."),
  failed_jobs: z
    .array(z.object({ name: z.string().max(200), url: z.string().max(500) }))
    .max(3)
    .optional()
    .describe("Jobs of the run that failed, with the pages of their logs."),
  charts: z.record(z.string(), Sha256).describe("Each chart by its name: charts/<sha256>.svg."),
  recorded_at: Timestamp,
  registration: MissedRegistration.optional(),
});
export type PullResult = z.infer<typeof PullResult>;
