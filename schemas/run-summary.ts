import { z } from "zod";
import { GateResult, Verdict } from "./gate.ts";
import { BlobId, CommitId, ModelName, Params, Person, Sha256, StageName, Timestamp } from "./names.ts";
import { Problem } from "./problem.ts";
import { RunResult } from "./run-result.ts";
import { Tracked } from "./tracked.ts";

export const RunId = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/)
  .describe("A run's id: of a local run the moment it began and eight digits, on GitHub <run id>-<attempt>-<model>.");
export type RunId = z.infer<typeof RunId>;

export const RunStatus = z
  .enum(["running", "finished", "failed", "interrupted"])
  .describe("interrupted: somebody stopped it, or its process is gone.");
export type RunStatus = z.infer<typeof RunStatus>;

const what = {
  slipway: z.literal(1),
  run: RunId,
  model: ModelName,
  source: RunResult.shape.source,
  binding: z.boolean(),
  started_at: Timestamp,
  seed: z.int(),
  tried: z.array(z.string().max(2_000)).max(1_000).optional().describe("What --set said in place of the spec."),
  group: z.string().max(200).optional().describe("What runs that were started together share."),
};

/** `.slipway/runs/<run>/run.json`: what is known of a run while it goes on. */
export const RunStart = z.object({ ...what, params: Params });
export type RunStart = z.infer<typeof RunStart>;

/** `.slipway/runs/<run>/code.json`: the files that the run's code is made of, its spec among them. */
export const RunCode = z.object({
  files: z.array(z.object({ path: z.string().max(4_096), blob: BlobId })).max(2_000),
});
export type RunCode = z.infer<typeof RunCode>;

export const RunMetric = z.object({
  value: z.number(),
  low: z.number().optional().describe("The two-sided interval at 95 %, where there is one."),
  high: z.number().optional(),
  step: z.number().gt(0).optional().describe("Value and bounds are in steps of this. Absent: exact."),
  greater_is_better: z.boolean().optional(),
  deciding: z.literal(true).optional().describe("A gate asks for it."),
});
export type RunMetric = z.infer<typeof RunMetric>;

const words = z.record(z.string().max(250), z.string().max(500));
const RunSet = z.object({ sha256: Sha256, rows: z.int().min(0) });

/** A run on one line of a table: whatever runs are searched, sorted and compared by. */
export const RunSummary = z.object({
  ...what,
  from: z
    .enum(["local", "pull", "shared"])
    .describe("local: in this clone's .slipway/runs; pull: a pull request's; shared: somebody's local run, shared."),
  pull_request: z.int().min(1).optional(),
  url: z.string().max(500).optional().describe("The run's page on GitHub."),
  by: Person.optional().describe("Who shared it."),
  status: RunStatus,
  problem: z.object({ code: z.string().max(100), message: z.string().max(500) }).optional(),
  seconds: z.number().min(0).optional().describe("Absent while it runs."),
  fingerprint: Sha256.optional(),
  params: words.describe("Each by its dotted name, as text; at most 200, the first by name."),
  metrics: z.record(z.string().max(300), RunMetric).describe("What the platform measured, but for matrices."),
  verdicts: z.record(StageName, Verdict).describe("Of each stage's gates together, as the run recorded them."),
  data: z.object({ train: RunSet.optional(), test: RunSet }).optional(),
  artifact: z.object({ sha256: Sha256, size: z.int().min(0) }).optional(),
  code: Sha256.optional().describe("Over the paths and blobs of its code and its spec."),
  tracked: z
    .object({ params: words, metrics: z.record(z.string().max(250), z.number()), tags: words })
    .optional()
    .describe("What the program logged itself: its own word. The last value of each metric."),
  note: z.string().max(2_000).optional(),
  starred: z.literal(true).optional(),
  shared: z.literal(true).optional().describe("Of a local run: its record is on `experiments`, too."),
});
export type RunSummary = z.infer<typeof RunSummary>;

/** `experiments`: `run-records/<model>/<run>.json`: a run as it was reported or shared. Advisory: nothing is decided from it. */
export const RunRecord = RunSummary.extend({
  problem: Problem.optional(),
  gates: z.record(StageName, z.array(GateResult)).describe("As the run recorded them."),
  given: Params.optional().describe(
    "The params as training read them, where they are no longer than 32,000 characters.",
  ),
  files: RunCode.shape.files.optional().describe("What its code was: paths and Git's ids, no content."),
  curves: RunResult.shape.training_curves,
  logged: Tracked.optional().describe("What the program logged itself, without its files."),
});
export type RunRecord = z.infer<typeof RunRecord>;

/** `.slipway/run-notes.json`: what people said about local runs. */
export const RunNotes = z.object({
  slipway: z.literal(1),
  runs: z.record(
    RunId,
    z.object({
      note: RunSummary.shape.note,
      starred: RunSummary.shape.starred,
      shared: z.object({ commit: CommitId, at: Timestamp }).optional().describe("When it was shared last."),
    }),
  ),
});
export type RunNotes = z.infer<typeof RunNotes>;
export type RunNote = RunNotes["runs"][string];
