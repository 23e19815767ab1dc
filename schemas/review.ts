import { z } from "zod";
import { ActId, ActSource } from "./act-source.ts";
import { BlobId, ModelName, Person, Sha256, StageName, Timestamp, VersionNumber } from "./names.ts";

/**
 * `models/<name>/reviews/<id>.json`: what a person said to a request (`approve`, `reject`), which counts for that
 * request's manifest alone, or to a model (`hold`, `unhold`).
 */
export const Review = z.object({
  slipway: z.literal(1),
  id: ActId,
  verdict: z.enum(["approve", "reject", "hold", "unhold"]),
  model: ModelName,
  request: ActId.optional().describe("The request's id; with approve and reject."),
  stage: StageName.optional().describe("As in the request."),
  version: VersionNumber.optional().describe("As in the request."),
  manifest: BlobId.optional().describe("As in the request."),
  artifact_sha256: Sha256.optional().describe("As in the request."),
  reason: z.string().max(2_000).optional().describe("What the person said."),
  by: Person,
  at: Timestamp,
  source: ActSource,
  host: z.string().describe("Where it was taken: app, bot."),
});
export type Review = z.infer<typeof Review>;
