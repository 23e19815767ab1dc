import { z } from "zod";
import { ModelName, Sha256, Timestamp } from "./names.ts";
import { RowSketch } from "./row-sketch.ts";

/** `ledger/<shard>/<test set>/set.json`: a test set that was tried, written with its first try. */
export const TestSet = z.object({
  slipway: z.literal(1),
  sha256: Sha256,
  rows: z.int().min(0),
  sketch: RowSketch.optional().describe("Of its rows; a set without one overlaps with none."),
  first: z.object({ model: ModelName, at: Timestamp }).describe("Who tried it first."),
});
export type TestSet = z.infer<typeof TestSet>;

/**
 * `ledger/<shard>/<test set>/overlaps/<other>.json`: more than a tenth of the set's rows are in another one, so the tries of
 * that one count for it. Written with the newer set's first try, on the side of each that it holds for.
 */
export const TestSetOverlap = z.object({
  slipway: z.literal(1),
  sha256: Sha256,
  other: Sha256,
  share: z
    .number()
    .gt(0)
    .max(1)
    .describe("The share of the set's rows that are in the other one, as their sketches say."),
});
export type TestSetOverlap = z.infer<typeof TestSetOverlap>;
