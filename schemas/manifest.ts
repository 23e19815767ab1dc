import { z } from "zod";
import { DataSet } from "./data-record.ts";
import { DecidingPolicy } from "./deciding-policy.ts";
import { Evaluation } from "./evaluation.ts";
import { GateResult } from "./gate.ts";
import { ColumnType, EnvironmentSpec } from "./model-spec.ts";
import { BlobId, CommitId, ModelName, Params, Person, Sha256, TaggerTime, Timestamp, VersionNumber } from "./names.ts";
import { TryTerms } from "./try.ts";

/** Bytes in the durable store, addressed by their digest. */
export const StoredFile = z.object({
  uri: z.string(),
  sha256: Sha256,
  size: z.int().min(0).describe("Bytes."),
});
export type StoredFile = z.infer<typeof StoredFile>;

/** A folder in the store: `sha256` is over the sorted list of its files' paths and digests. */
export const Artifact = StoredFile.extend({
  files: z.array(z.object({ path: z.string(), sha256: Sha256, size: z.int().min(0) })).max(100_000),
  image: z
    .object({ uri: z.string() })
    .optional()
    .describe("The container image with the same files below models/, where the policy asks for one."),
});
export type Artifact = z.infer<typeof Artifact>;

/** The program versions that user code ran with: part of the fingerprint. */
export const Runtime = z.object({
  platform: z.string().describe("linux, darwin …"),
  arch: z.string().describe("x64, arm64 …"),
  programs: z.record(z.string(), z.string()).describe("The first word of each command, and the version it reports."),
});
export type Runtime = z.infer<typeof Runtime>;

export const Isolation = z
  .enum(["pid-namespace", "process-group"])
  .describe(
    "How far user code was kept apart: it saw its own processes alone and could not change Slipway's folder nor .git, or it was a process group like any other.",
  );
export type Isolation = z.infer<typeof Isolation>;

const Field = z.object({ name: z.string(), type: ColumnType, optional: z.boolean().optional() });

/** MLflow's model signature, in its column types. */
export const Signature = z.object({
  inputs: z.array(Field),
  outputs: z.array(Field),
  params: z.array(Field).optional(),
});
export type Signature = z.infer<typeof Signature>;

/** How it is known that the version's bytes are in the store. */
export const Bytes = z
  .discriminatedUnion("outcome", [
    z.object({
      outcome: z.literal("checked"),
      by: z
        .string()
        .max(100)
        .describe("The host that wrote the bytes, or read them and found their digests: cli, app, bot."),
    }),
    z.object({
      outcome: z.literal("attested"),
      run: z
        .string()
        .max(300)
        .describe("The default branch's run whose job put them there; who registered may not read them."),
    }),
  ])
  .describe("How it is known that the bytes are in the store.");
export type Bytes = z.infer<typeof Bytes>;

/** What MLflow's clients say of a version that they import. */
export const Imported = z.object({
  act: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .describe("Random: two versions may be imported with the same words, at the same second."),
  source: z.string().max(2_000).describe("The URI as it was given."),
  download: z.string().max(2_000).optional().describe("Where its files are, where they are not in the store."),
  run_id: z.string().max(300).optional(),
  run_link: z.string().max(2_000).optional(),
  model_id: z.string().max(300).optional().describe("The logged model that it is, on the tracking server."),
  origin: z
    .object({ model: ModelName, version: VersionNumber })
    .optional()
    .describe("The version that it is a copy of."),
  metrics: z
    .record(z.string().max(250), z.number())
    .optional()
    .describe("What its run says of it, as it was registered: the word of who imported it, which no gate believes."),
});
export type Imported = z.infer<typeof Imported>;

/** What was predicted on the test rows, beyond the predictions that were judged. */
export const PredictionFiles = z.object({
  predictions_profile: StoredFile.optional().describe(
    "A data profile of the predictions' columns (`prediction`, `proba_<class>`, `score`): what later predictions are compared with. Absent where the run made none.",
  ),
  served_predictions: StoredFile.optional().describe(
    "What the model's serving program answers to the same rows; absent where it has none.",
  ),
});

/** The evaluation as the registry keeps it: what a decision needs, without what the run alone knows. */
export const Manifest = z.object({
  slipway: z.literal(1),
  model: ModelName,
  version: VersionNumber,
  description: z.string().optional(),
  task: z.enum(["classification", "regression", "custom"]),
  source: z.object({
    commit: CommitId,
    spec: z.string().describe("The spec's path at that commit."),
    spec_blob: BlobId,
    pull_request: z.int().optional(),
    run: z.string().optional().describe("The run that made the artifact."),
  }),
  fingerprint: Sha256,
  artifact: Artifact,
  bytes: Bytes.optional().describe("Absent where the files are elsewhere, at `imported.download`."),
  artifact_from: z
    .enum(["trained", "reused", "code", "imported"])
    .describe("Trained for this version, an earlier run's, the code itself, or imported."),
  predictions: StoredFile.describe("What the predict program wrote, joined and sorted: what was judged."),
  ...PredictionFiles.shape,
  data: z.object({ train: DataSet.optional(), test: DataSet, profile: StoredFile.optional() }),
  params: Params,
  seed: z.int(),
  environment: z.object({
    spec: EnvironmentSpec.optional(),
    locks: z.array(z.object({ path: z.string(), sha256: Sha256 })),
    runtime: Runtime,
    isolation: Isolation.optional(),
  }),
  evaluation: Evaluation,
  gates: z.array(GateResult).describe("The register gates, as decided."),
  tries: z
    .array(TryTerms)
    .optional()
    .describe("What its run spent of the test set: the register gates rest on it. Absent where it was imported."),
  policy: DecidingPolicy.optional().describe("Whose register gates decided; absent where it was imported."),
  signature: Signature.optional(),
  registered_at: Timestamp,
  tagged_at: TaggerTime.describe("Of the version's tag: the same second, but after a deprecation later than that."),
  registered_by: Person,
  imported: Imported.optional().describe(
    "Imported through MLflow's API, not made by a run: nothing was evaluated, and what a run would have found is empty.",
  ),
  seconds: z.object({ train: z.number().optional() }).optional(),
});
export type Manifest = z.infer<typeof Manifest>;
