import { z } from "zod";
import { BlobId, ModelName, Person, StageName, TaggerTime, Timestamp, VersionNumber } from "./names.ts";

/** A stage that was emptied. */
export const StageEnd = z.object({
  stage: StageName,
  version: VersionNumber.describe("The version that was in it."),
  decision: z.string().describe("The decision that had put it there."),
  unassigned: z
    .array(z.object({ version: VersionNumber, assignment: z.int().min(1) }))
    .max(10_000)
    .describe("Each version that GTO would fall back to, and N of its tag <model>#<stage>!#<N>."),
});
export type StageEnd = z.infer<typeof StageEnd>;

/** A name that a model is called by: any that MLflow takes. */
export const DisplayName = z.string().min(1).max(100);

export const ChangeId = z.string().regex(/^[0-9a-f]{32}$/);

/**
 * `models/<name>/changes/<id>.json`: what became of a model or a version later on. Nothing is taken back by deleting:
 * a version that is withdrawn keeps its manifest, and its number is never used again.
 */
export const Change = z.object({
  slipway: z.literal(1),
  id: ChangeId,
  act: z
    .enum(["withdraw", "archive", "unassign", "deprecate", "revive", "rename"])
    .describe(
      "withdraw, archive, unassign (out of its stages and of the archive): of a version; deprecate, revive, rename: of the model.",
    ),
  model: ModelName.describe("The folder's name, whatever the model is called."),
  version: VersionNumber.optional(),
  manifest: BlobId.optional().describe("The version's manifest, by its blob."),
  ends: z.array(StageEnd).max(100).optional().describe("The stages that this emptied."),
  aliases: z.record(z.string(), VersionNumber).optional().describe("The aliases that went with it."),
  through: z.int().min(0).optional().describe("Deprecating: the versions up to here."),
  marked: VersionNumber.optional().describe(
    "Deprecating: the version whose commit has the tag <model>@deprecated. A tag is made once.",
  ),
  from: DisplayName.optional().describe("Renaming: what the model was called."),
  to: DisplayName.optional().describe("Renaming: what it is called."),
  reason: z.string().max(2_000).optional().describe("What the person said."),
  by: Person,
  at: Timestamp,
  tagged_at: TaggerTime.optional().describe(
    "Of its tags, where it has any: later than the last ones of this model and those stages. <model>@deprecated is later than all, a second after those of stages.",
  ),
  host: z.string().describe("Where it was done: cli, app, mlflow."),
});
export type Change = z.infer<typeof Change>;
