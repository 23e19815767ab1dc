import { z } from "zod";
import { Comparison } from "./evaluation.ts";
import { BlobId, ModelName, Person, Timestamp, VersionNumber } from "./names.ts";

/**
 * `models/<name>/comparisons/<version>-<stage>-<live version>.json`: a version that was registered before, compared with
 * one that went live since, by another run of its commit that made the same predictions.
 */
export const LaterComparison = z.object({
  slipway: z.literal(1),
  model: ModelName,
  version: VersionNumber,
  manifest: BlobId.describe("The version's manifest, by its blob."),
  comparison: Comparison,
  run: z.string().describe("The run that compared them."),
  compared_at: Timestamp,
  requested_by: Person,
  host: z.string(),
});
export type LaterComparison = z.infer<typeof LaterComparison>;
