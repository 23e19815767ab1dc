import { z } from "zod";
import { DataSet } from "./data-record.ts";
import { Evaluation } from "./evaluation.ts";
import { Manifest, PredictionFiles, Signature, StoredFile } from "./manifest.ts";
import { BlobId, CommitId, ModelName, Person, Sha256, Timestamp, VersionNumber } from "./names.ts";

/** Which evaluation of a version: they are numbered from 1, so that the newest is the same to everybody. */
export const EvaluationNumber = z.int().min(1);

/**
 * `models/<name>/evaluations/<version>-<number>.json`: the evaluation of a version that was imported. The version's own
 * files predicted the platform's own test rows, by the program of the model's spec at the default branch's tip. The newest
 * one is what promotions go by.
 */
export const VersionEvaluation = z.object({
  slipway: z.literal(1),
  model: ModelName,
  version: VersionNumber,
  number: EvaluationNumber,
  manifest: BlobId.describe("The version's manifest, by its blob."),
  artifact_sha256: Sha256.describe("The files that were evaluated: the version's own."),
  source: z.object({
    commit: CommitId.describe("The default branch's tip, where spec, code and test data were read."),
    spec: z.string().max(4_096).describe("The spec's path at that commit."),
    spec_blob: BlobId,
  }),
  policy_blob: BlobId.optional().describe("slipway.yaml at that commit; absent where there is none."),
  fingerprint: Sha256.describe("Of spec, code, data and environment, as a run's."),
  run: z.string().max(200),
  predictions: StoredFile,
  ...PredictionFiles.shape,
  data: z.object({ test: DataSet, profile: StoredFile.optional() }),
  environment: Manifest.shape.environment,
  signature: Signature.optional(),
  evaluation: Evaluation,
  evaluated_by: Person,
  at: Timestamp,
  host: z.string(),
});
export type VersionEvaluation = z.infer<typeof VersionEvaluation>;
