import { z } from "zod";
import { ActId } from "./act-source.ts";
import { ModelName, Person, StageName, Timestamp, VersionNumber } from "./names.ts";

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
  hold: Hold.optional(),
  latest_version: z.int().min(0),
  created_at: Timestamp,
  updated_at: Timestamp,
});
export type ModelRecord = z.infer<typeof ModelRecord>;
