import { z } from "zod";
import { ActId, ActSource } from "./act-source.ts";
import { BlobId, ModelName, Person, Sha256, StageName, Timestamp, VersionNumber } from "./names.ts";

/**
 * `models/<name>/requests/<id>.json`: a person asked for a version in a stage. It names the version by its bytes, so
 * that what is approved is what was asked for, and nothing that came later.
 */
export const PromotionRequest = z.object({
  slipway: z.literal(1),
  id: ActId,
  model: ModelName,
  stage: StageName,
  version: VersionNumber,
  manifest: BlobId.describe("The version's manifest, by its blob."),
  artifact_sha256: Sha256,
  reason: z.string().max(2_000).optional().describe("What the person said."),
  requested_by: Person,
  requested_at: Timestamp,
  after_assignment: z
    .int()
    .min(0)
    .describe("The greatest N of the model's stage tags when it was asked: what is assigned later has overtaken it."),
  source: ActSource,
  host: z.string().describe("Where it was taken: app, bot."),
});
export type PromotionRequest = z.infer<typeof PromotionRequest>;
