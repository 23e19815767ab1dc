import { z } from "zod";
import { ModelName, Timestamp, VersionNumber } from "./names.ts";

/**
 * `models/<name>/metadata/<n>.json`: what people say about a version, beside its manifest, which never changes. There is
 * none until somebody says something. Kept loose, as the model's record is.
 */
export const VersionMetadata = z.looseObject({
  slipway: z.literal(1),
  model: ModelName,
  version: VersionNumber,
  description: z.string().max(100_000).optional().describe("Instead of the manifest's."),
  tags: z.record(z.string(), z.string()),
  updated_at: Timestamp.describe("When the description was last changed."),
});
export type VersionMetadata = z.infer<typeof VersionMetadata>;
