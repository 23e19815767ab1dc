import { z } from "zod";
import { ModelName, StageName, Timestamp, VersionNumber } from "./names.ts";

export const StageAssignment = z.object({
  version: VersionNumber,
  assignment: z.int().min(1).describe("N of the tag <model>#<stage>#<N>."),
  decision: z.string().describe("The id under promotions/."),
  at: Timestamp,
});
export type StageAssignment = z.infer<typeof StageAssignment>;

/**
 * `models/<name>/model.json`: the truth on stages. Kept loose, because it is read, changed and
 * written again: what a later version of Slipway put there must survive.
 */
export const ModelRecord = z.looseObject({
  slipway: z.literal(1),
  name: ModelName,
  description: z.string().optional(),
  tags: z.record(z.string(), z.string()),
  aliases: z.record(z.string(), VersionNumber),
  stages: z.record(StageName, StageAssignment),
  latest_version: z.int().min(0),
  created_at: Timestamp,
  updated_at: Timestamp,
});
export type ModelRecord = z.infer<typeof ModelRecord>;
