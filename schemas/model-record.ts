import { z } from "zod";
import { ActId } from "./act-source.ts";
import { ChangeId, DisplayName } from "./change.ts";
import { ModelName, Person, StageName, TaggerTime, Timestamp, VersionNumber } from "./names.ts";
import { RolloutState } from "./rollout.ts";

export const StageAssignment = z.object({
  version: VersionNumber,
  assignment: z.int().min(1).describe("N of the tag <model>#<stage>#<N>."),
  decision: z.string().describe("The id under promotions/."),
  at: Timestamp,
});
export type StageAssignment = z.infer<typeof StageAssignment>;

/** Nothing is promoted while a model is on hold; rolling back is always possible. */
export const Hold = z.object({
  review: ActId.describe("The id under reviews/."),
  by: Person,
  at: Timestamp,
  reason: z.string().max(2_000).optional(),
});
export type Hold = z.infer<typeof Hold>;

/** Keys of JSON are text. */
const VersionKey = z.string().regex(/^[1-9]\d{0,14}$/);

/**
 * `models/<name>/model.json`: the truth on stages and holds. Kept loose, because it is read, changed and
 * written again: what a later version of Slipway put there must survive.
 */
export const ModelRecord = z.looseObject({
  slipway: z.literal(1),
  name: ModelName,
  description: z.string().optional(),
  tags: z.record(z.string(), z.string()),
  aliases: z.record(z.string(), VersionNumber),
  stages: z.record(StageName, StageAssignment),
  rollouts: z
    .record(StageName, RolloutState)
    .optional()
    .describe("The versions that are on their way into a stage, by the stage; absent where there is none."),
  hold: Hold.optional(),
  display_name: DisplayName.optional().describe("What the model is called; absent where that is its folder's name."),
  archived: z
    .record(VersionKey, Timestamp)
    .optional()
    .describe("Versions that left a stage and are in none, or were archived, and since when."),
  withdrawn: z.record(VersionKey, ChangeId).optional().describe("Withdrawn versions, and the id under changes/."),
  deprecated: ChangeId.optional().describe("The id under changes/, while the model is deprecated."),
  retired_through: z.int().min(0).optional().describe("Versions up to here were deprecated with the model."),
  assignments: z.int().min(1).optional().describe("The greatest N of the stages' tags."),
  tagged_at: TaggerTime.optional().describe("Of its newest tag."),
  stages_tagged_at: z.record(StageName, TaggerTime).optional().describe("Of the newest tag of each stage."),
  latest_version: z.int().min(0),
  created_at: Timestamp,
  updated_at: Timestamp,
});
export type ModelRecord = z.infer<typeof ModelRecord>;
