import { z } from "zod";
import { DataSet, Violation } from "./data-record.ts";
import { Evaluation } from "./evaluation.ts";
import { GateResult } from "./gate.ts";
import { Artifact, Isolation, PredictionFiles, Runtime, Signature, StoredFile } from "./manifest.ts";
import { CommitId, ModelName, Params, Sha256, Timestamp } from "./names.ts";
import { Problem } from "./problem.ts";
import { RowSketch } from "./row-sketch.ts";
import { Tracked } from "./tracked.ts";
import { TryTerms } from "./try.ts";

export const StepResult = z.object({
  step: z.enum(["validate", "baseline", "setup", "train", "predict", "serve", "own-metrics", "score", "report"]),
  outcome: z.enum(["done", "reused", "skipped", "failed"]),
  seconds: z.number(),
  log: z.string().optional().describe("The log file, in the run's folder."),
  detail: z.string().optional(),
});
export type StepResult = z.infer<typeof StepResult>;

const classNames = z.array(z.string().max(200)).max(1_000);

export const RunData = z.object({
  train: DataSet.optional(),
  test: DataSet,
  test_sketch: RowSketch.optional().describe("Of the test rows: all of them, whichever part the run scores."),
  profile: StoredFile.optional(),
  untested_classes: classNames.optional().describe("Classes of the training labels that no test row has."),
  untrained_classes: classNames.optional().describe("Classes of the test labels that no training row has."),
});
export type RunData = z.infer<typeof RunData>;

export const RunEnvironment = z.object({
  locks: z.array(z.object({ path: z.string(), sha256: Sha256 })),
  runtime: Runtime,
  isolation: Isolation.optional(),
});
export type RunEnvironment = z.infer<typeof RunEnvironment>;

/** `result.json` of one run of one model: what `run` prints with --json, and what `register` takes over. */
export const RunResult = z.object({
  slipway: z.literal(1),
  run: z.string().describe("The run's id, and its folder's name."),
  model: ModelName,
  spec: z.string(),
  outcome: z.enum(["succeeded", "failed"]),
  problem: Problem.optional().describe("Why it failed."),
  source: z.object({
    commit: CommitId.optional().describe("HEAD, or the commit that was run."),
    dirty: z.boolean().describe("The work tree held changes that are not committed."),
  }),
  binding: z.boolean(),
  fingerprint: Sha256,
  tried: z
    .array(z.string())
    .optional()
    .describe("What --set said in place of the spec: such a run becomes no version."),
  steps: z.array(StepResult),
  data: RunData.optional(),
  violations: z.array(Violation),
  signature: Signature.optional(),
  params: Params,
  seed: z.int(),
  environment: RunEnvironment,
  artifact: Artifact.optional(),
  artifact_from: z.enum(["trained", "reused", "code", "imported"]).optional(),
  artifact_run: z.string().optional().describe("The run that trained it, where it was reused."),
  store_problem: Problem.optional().describe(
    "Why the default branch's run could not bring the bytes into a store, so that nothing would be registered.",
  ),
  predictions: StoredFile.optional(),
  stored: z
    .object({
      store: z.string().max(2_000),
      endpoint: z.string().max(2_000).optional(),
      at: Timestamp.describe("When the job began to put them there."),
    })
    .optional()
    .describe(
      "The store, by its address, that the run's last job without user code put artifact, predictions and profiles into.",
    ),
  ...PredictionFiles.shape,
  curves: z.string().optional().describe("Training curves, in the run's folder."),
  training_curves: z
    .array(z.object({ step: z.number() }).catchall(z.number()))
    .max(500)
    .optional()
    .describe("On Actions: points of the curves, evenly chosen, for a host that has no folder of the run."),
  tracked: Tracked.optional().describe("What the training program logged itself: its own word, which no gate reads."),
  evaluation: Evaluation.optional(),
  unscored: z
    .literal("sealed")
    .optional()
    .describe(
      "The run succeeded without an evaluation: its labels are sealed, and another run on the default branch scores it.",
    ),
  handed: z
    .partialRecord(z.enum(["validate", "baseline", "train", "predict"]), Sha256)
    .optional()
    .describe("Of an unscored run: the record.json of each stage that whoever scores it takes."),
  gates: z.record(z.string(), z.array(GateResult)).describe("What each gate would say, by stage."),
  tries: z
    .array(TryTerms)
    .optional()
    .describe("What these answers rest on: the tries that a binding run spends, or the next ones of an advisory run."),
  deciding: z
    .object({ commit: CommitId, gates: z.record(z.string(), z.array(GateResult)) })
    .optional()
    .describe("On Actions: what the default branch's tip would say, where its gates are not this commit's."),
  started_at: Timestamp,
  seconds: z.number(),
});
export type RunResult = z.infer<typeof RunResult>;
