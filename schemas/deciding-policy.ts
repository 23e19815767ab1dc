import { z } from "zod";
import { BlobId, CommitId } from "./names.ts";

/** The rules of a decision, as the default branch's tip had them. Their texts are kept in the registry, under `sources/`. */
export const DecidingPolicy = z.object({
  commit: CommitId.describe("The default branch's tip when deciding."),
  blob: BlobId.optional().describe("slipway.yaml; absent where there is none."),
  spec: z.string().max(4_096).optional().describe("The path of the model's spec at that tip; absent where it is gone."),
  spec_blob: BlobId.optional().describe("The model's spec at that tip; absent where it is gone."),
});
export type DecidingPolicy = z.infer<typeof DecidingPolicy>;
