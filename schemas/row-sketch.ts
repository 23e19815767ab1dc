import { z } from "zod";

/** How many hashes a sketch keeps of each kind: an estimated share is off by 1.6 points at most (one standard error). */
export const SKETCH_SIZE = 1_024;
/** Bytes of a hash. */
export const HASH_BYTES = 8;

const lowest = z
  .string()
  .max(Math.ceil((SKETCH_SIZE * HASH_BYTES) / 3) * 4)
  .regex(/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/)
  .describe("The lowest hashes in order, 8 bytes each, in base64: all of them where the set has no more rows.");

/**
 * Of the rows without the declared id column and, where there is one, with it; and of the different ones among them, where some
 * are equal.
 */
const hashes = z.array(lowest).min(1).max(4);

/**
 * Which rows a test set has, so that another set can be held against it without either: of each row a keyed hash of its
 * content, and of those the lowest. Two sketches compare where their keys are the same.
 */
export const RowSketch = z.object({
  key: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .describe("The same for all test sets of a registry."),
  rows: z.int().min(1),
  features: hashes,
  labelled: hashes
    .optional()
    .describe(
      "The same of features and label. Absent where labels are withheld: whoever knows a row's features could try each label.",
    ),
});
export type RowSketch = z.infer<typeof RowSketch>;
