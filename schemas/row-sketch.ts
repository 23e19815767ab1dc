import { z } from "zod";

/** How many hashes of one kind a sketch keeps: an estimated share is off by about 1.6 points at most (one standard error). */
export const SKETCH_SIZE = 1_024;

const hashes = z.array(z.string().regex(/^[0-9a-f]{16}$/)).max(SKETCH_SIZE);

/**
 * Which rows a test set has, so that another set can be held against it without either: of each row a keyed hash of 64
 * bits, and of those the lowest. Two sketches compare where their keys are the same.
 */
export const RowSketch = z.object({
  key: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .describe("Random, and the same for all test sets of a registry."),
  rows: z.int().min(1),
  hashes: hashes.describe("Of the rows' features: the lowest, in order; all where the set has no more rows."),
  labelled: hashes
    .optional()
    .describe(
      "The same of features and label. Absent where labels are withheld: whoever knows a row's features could try each label.",
    ),
});
export type RowSketch = z.infer<typeof RowSketch>;
