import { z } from "zod";
import { ActId, ActSource } from "./act-source.ts";
import { DecidingPolicy } from "./deciding-policy.ts";
import { Comparison } from "./evaluation.ts";
import { AskedGate, GateResult } from "./gate.ts";
import { BlobId, ModelName, Person, Sha256, StageName, TaggerTime, Timestamp, VersionNumber } from "./names.ts";
import { RolloutPlan } from "./rollout.ts";
import { TryTerms } from "./try.ts";
import { EvaluationNumber } from "./version-evaluation.ts";

export const Refusal = z.object({
  code: z.string().describe("A stable reason code."),
  message: z.string(),
  hint: z.string().optional(),
});
export type Refusal = z.infer<typeof Refusal>;

/** A person's yes to one version: it counts for that manifest alone. */
export const Approval = z.object({
  by: Person,
  manifest: BlobId.describe("The manifest that was approved, by its blob."),
  at: Timestamp,
});
export type Approval = z.infer<typeof Approval>;

/** Whether the version's bytes were in the store when it was decided, by names and sizes. */
export const ArtifactCheck = z.object({
  outcome: z
    .enum(["present", "missing", "corrupt", "attested", "unreachable", "elsewhere"])
    .describe(
      "Attested: whoever decided may not read the store, and a run's job put them there. Unreachable: it cannot be told. Elsewhere: a version that is known by its address alone.",
    ),
  run: z.string().max(300).optional().describe("Attested: by which run."),
  reason: z.string().max(600).optional().describe("Why it could not be told."),
});
export type ArtifactCheck = z.infer<typeof ArtifactCheck>;

/**
 * `models/<name>/promotions/<id>.json`: a decision, kept whole, refusals too.
 * Its id follows from the act, so that the same act twice is one record.
 */
export const Decision = z.object({
  slipway: z.literal(1),
  id: z.string().regex(/^[0-9a-f]{16,64}$/),
  act: z.enum(["promote", "rollback"]),
  model: ModelName,
  stage: StageName,
  version: VersionNumber,
  manifest: BlobId.describe("The version's manifest, by its blob."),
  artifact_sha256: Sha256,
  artifact_check: ArtifactCheck,
  evaluation: z
    .object({ number: EvaluationNumber, blob: BlobId.describe("The record's blob.") })
    .optional()
    .describe("Of a version that was imported: its evaluation that this rests on; absent where it had none."),
  outcome: z
    .enum(["promoted", "rolling-out", "refused"])
    .describe("Rolling out: it goes into the stage step by step, and the stage stays as it is until the last."),
  rollout: RolloutPlan.optional().describe("Rolling out: by which steps, as the policy had them."),
  completes: z
    .string()
    .optional()
    .describe(
      "Promoted by the last step of a rollout: the id of the decision that began it, on whose evidence it rests.",
    ),
  refusals: z.array(Refusal),
  gates: z.array(GateResult).describe("Empty on a rollback: the version passed its gates when it was promoted."),
  tries: z
    .array(TryTerms)
    .optional()
    .describe(
      "The tries of the test set that the gates rest on; absent on a rollback, and where nothing was evaluated.",
    ),
  comparisons: z
    .array(Comparison)
    .describe("Made for this decision, or taken from the manifest while the baseline is the same."),
  policy: DecidingPolicy.extend({
    gates: z.array(AskedGate),
    approvals: z.int().min(0),
  }),
  approvals: z.array(Approval).optional().describe("Those that counted: one a person, none by who asked."),
  replaces: VersionNumber.optional().describe("The version that was in the stage."),
  assignment: z.int().min(1).optional().describe("N of the tag <model>#<stage>#<N>; absent unless promoted."),
  restores: z.string().optional().describe("A rollback: the id of the decision whose state is brought back."),
  previous: z.string().optional().describe("The id of the decision that a rollback of this one brings back."),
  reason: z.string().max(2_000).optional().describe("What the person said."),
  request: ActId.optional().describe("The act's key, where it was asked for on GitHub; a promotion's is its request."),
  source: ActSource.optional().describe("Where it was asked for."),
  requested_by: Person,
  decided_at: Timestamp,
  tagged_at: TaggerTime.optional().describe(
    "Of the stage's tag: later than the last one of this model and stage. Absent when refused.",
  ),
  host: z.string().describe("Where it was decided: cli, app, bot."),
});
export type Decision = z.infer<typeof Decision>;
