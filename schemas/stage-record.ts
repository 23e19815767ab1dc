import { z } from "zod";
import { Violation } from "./data-record.ts";
import { Evaluation } from "./evaluation.ts";
import { Gate, GateResult } from "./gate.ts";
import { Artifact, Signature, StoredFile } from "./manifest.ts";
import { MetricName } from "./metric-spec.ts";
import { ModelSpec } from "./model-spec.ts";
import { BlobId, CommitId, ModelName, Sha256, StageName, Timestamp, VersionNumber } from "./names.ts";
import { StoreChoice } from "./policy.ts";
import { Problem } from "./problem.ts";
import { RunData, RunEnvironment, StepResult } from "./run-result.ts";
import { Tracked } from "./tracked.ts";
import { TrainedArtifact } from "./trained-artifact.ts";
import { TryTerms } from "./try.ts";

/** The stages that hand over a bundle, in their order (core/stages/order.ts); `store` ends a run and writes its result. */
export const PipelineStage = z.enum(["validate", "baseline", "train", "predict", "own-metrics", "score"]);
export type PipelineStage = z.infer<typeof PipelineStage>;

/** Files of a repository, as far as user code may see them; `listing` names all others, for hints. */
export const PackedTree = z.object({
  listing: StoredFile.describe("JSON: every file of the repository, as [path, kind]."),
  files: z
    .array(
      z.object({
        path: z.string().max(4_096),
        blob: BlobId.describe("Git's id of the content."),
        content: StoredFile.optional().describe("Absent for a link and for a submodule."),
        target: z.string().max(4_096).optional().describe("Where a symbolic link points."),
      }),
    )
    .max(100_000),
});
export type PackedTree = z.infer<typeof PackedTree>;

/** A model as its spec was read. */
export const ModelFacts = z.object({
  name: ModelName,
  folder: z.string().max(4_096),
  path: z.string().max(4_096).describe("The spec's."),
  spec: ModelSpec,
  metric_places: z
    .record(z.string(), z.object({ line: z.int(), column: z.int() }))
    .describe("Where each metric stands in the spec."),
});
export type ModelFacts = z.infer<typeof ModelFacts>;

/** A model at a commit, with the code that runs it. */
export const PackedModel = ModelFacts.extend({ tree: PackedTree });
export type PackedModel = z.infer<typeof PackedModel>;

/** A data file for user code, with the folder of what its rows name. */
export const PackedData = z.object({
  folder: Artifact,
  file: z.string().max(4_096).describe("Relative to the folder."),
});
export type PackedData = z.infer<typeof PackedData>;

/** A version that has to predict these test rows again, or why it cannot. */
export const PackedVersion = z.object({
  version: VersionNumber,
  model: PackedModel.optional(),
  artifact: Artifact.optional(),
  problem: Problem.optional(),
});
export type PackedVersion = z.infer<typeof PackedVersion>;

const common = {
  slipway: z.literal(1),
  model: ModelName,
  run: z.string().max(200).describe("The run's id, the same in all its stages: <run id>-<attempt>-<model> on Actions."),
  outcome: z.enum(["succeeded", "failed"]),
  problem: Problem.optional().describe("Why it failed."),
  inputs: z.record(z.string(), Sha256).describe("The record.json of each stage that it was made from."),
  steps: z.array(StepResult).max(20),
  logs: z.record(z.string().max(200), StoredFile).describe("By the path that the steps name."),
  started_at: Timestamp,
  seconds: z.number().min(0),
};

/** What `validate` found, and what it packs for the jobs with user code: no test label, and nothing else of the repository. */
export const ValidateRecord = z.object({
  ...common,
  stage: z.literal("validate"),
  commit: CommitId.optional().describe("Absent where a work tree is run."),
  binding: z.boolean(),
  model_file: ModelFacts.optional().describe("Absent where the spec could not be read. Params and seed are in it."),
  fingerprint: Sha256.optional().describe("With the program versions of the machine that validated."),
  environment: RunEnvironment.optional(),
  data: RunData.optional(),
  violations: z.array(Violation),
  signature: Signature.optional(),
  packed: z
    .object({
      tree: PackedTree.describe("The model's code."),
      train: PackedData.optional(),
      features: PackedData,
      one_row: PackedData,
      fingerprint_inputs: StoredFile.describe("JSON: what the fingerprint covers but for the program versions."),
      gates: z.array(Gate).max(2_000).describe("Those in force; of each the metric matters to who predicts."),
      pass: z
        .array(z.string().max(200))
        .max(50)
        .describe("Variables of the caller that a spec may name, as the default branch's policy says it."),
      secrets: z
        .object({ train: z.array(z.string()), predict: z.array(z.string()) })
        .describe("Names, as the default branch's policy says them; none in a run from a fork."),
      reusable: z
        .array(TrainedArtifact.pick({ fingerprint: true, artifact: true, run: true }))
        .max(20)
        .describe("Equal but for the program versions; their bytes are here."),
      given: z
        .object({ artifact: Artifact, version: VersionNumber })
        .optional()
        .describe("The files of a version that was imported: nothing is trained."),
      versions: z.array(PackedVersion).max(30).describe("To compare with, where kept predictions do not serve."),
      store: StoreChoice.optional().describe(
        "The policy's durable store; absent where this run may not write it, or where there is none.",
      ),
      store_problem: Problem.optional().describe(
        "Why the default branch's run could not bring the bytes into a store.",
      ),
      committed_at: Timestamp.optional().describe("The commit's own date."),
    })
    .optional()
    .describe("Absent after a failure."),
});
export type ValidateRecord = z.infer<typeof ValidateRecord>;

export const TrainRecord = z.object({
  ...common,
  stage: z.literal("train"),
  fingerprint: Sha256.optional().describe("With the program versions of the machine that trains."),
  environment: RunEnvironment.optional(),
  tracked: Tracked.optional().describe("What the program logged itself, also where it failed."),
  made: z
    .object({
      artifact: Artifact,
      artifact_from: z.enum(["trained", "reused", "code", "imported"]),
      artifact_run: z.string().max(200).optional(),
      curves: StoredFile.optional(),
    })
    .optional(),
});
export type TrainRecord = z.infer<typeof TrainRecord>;

export const TimePerRow = z
  .object({
    value: z.number().gt(0).nullable().describe("The median of the pairs; null where the noise of the start hides it."),
    low: z.number().min(0),
    high: z.number().min(0),
    pairs: z
      .int()
      .min(1)
      .max(6)
      .describe("Runs on all rows, each with one on one row. From six on the bounds are at 2.5 %."),
  })
  .describe("In milliseconds.");
export type TimePerRow = z.infer<typeof TimePerRow>;

export const PredictRecord = z.object({
  ...common,
  stage: z.literal("predict"),
  made: z
    .object({
      predictions: StoredFile.describe("As user code wrote them."),
      served: StoredFile.optional().describe(
        "JSON Lines: what the serving program answered to the same rows; absent where the spec has none.",
      ),
      seconds: z.number().min(0),
      per_row: z.union([TimePerRow, z.literal("one row")]).optional(),
    })
    .optional(),
});
export type PredictRecord = z.infer<typeof PredictRecord>;

export const BaselineRecord = z.object({
  ...common,
  stage: z.literal("baseline"),
  made: z
    .array(
      z.object({
        version: VersionNumber,
        predictions: StoredFile.optional(),
        problem: Problem.optional().describe("Why there are none."),
      }),
    )
    .max(30)
    .optional(),
});
export type BaselineRecord = z.infer<typeof BaselineRecord>;

const scores = z.record(MetricName, StoredFile).describe("As user code wrote them, by metric.");

export const OwnMetricsRecord = z.object({
  ...common,
  stage: z.literal("own-metrics"),
  made: z
    .object({
      scores,
      versions: z
        .array(z.object({ version: VersionNumber, scores: scores.optional(), problem: Problem.optional() }))
        .max(30),
    })
    .optional(),
});
export type OwnMetricsRecord = z.infer<typeof OwnMetricsRecord>;

export const ScoreRecord = z.object({
  ...common,
  stage: z.literal("score"),
  made: z
    .object({
      fingerprint: Sha256.describe("Made again from the commit, with the program versions of who trained."),
      predictions: StoredFile.describe("Joined and sorted: what is kept."),
      predictions_profile: StoredFile.optional().describe("A data profile of them; absent in records of before."),
      served_predictions: StoredFile.optional().describe("The same of the serving program's answers: they are equal."),
      evaluation: Evaluation,
      gates: z.record(StageName, z.array(GateResult)),
      tries: z.array(TryTerms).max(100).describe("What these answers rest on, here and in `deciding`."),
      deciding: z
        .object({ commit: CommitId, gates: z.record(StageName, z.array(GateResult)) })
        .optional()
        .describe("What the default branch's tip would say, where its gates are others."),
      report: Artifact.optional().describe("report.md and charts/. Absent where the run has a folder of its own."),
    })
    .optional(),
});
export type ScoreRecord = z.infer<typeof ScoreRecord>;

/**
 * `record.json` of the Actions artifact `slipway-<stage>-<model>`: what a stage hands over, each file of its folder
 * `store/` by sha256. The record's own sha256 travels by job outputs; whatever does not have it is refused.
 */
export const StageRecord = z.discriminatedUnion("stage", [
  ValidateRecord,
  TrainRecord,
  PredictRecord,
  BaselineRecord,
  OwnMetricsRecord,
  ScoreRecord,
]);
export type StageRecord = z.infer<typeof StageRecord>;
export type StageRecordOf<Stage extends PipelineStage> = Extract<StageRecord, { stage: Stage }>;
