import { z } from "zod";
import { ColumnType } from "./model-spec.ts";
import { Sha256 } from "./names.ts";

/** A file that data came from. */
export const DataFile = z.object({
  path: z.string().describe("Relative to the repository's root, or the URI."),
  sha256: Sha256,
  size: z.int().min(0).describe("Bytes."),
  version: z.string().optional().describe("The remote's own version: an ETag, an object version."),
});
export type DataFile = z.infer<typeof DataFile>;

/** A file outside the repository, as `slipway lock` found it. */
export const LockedFile = z.object({
  uri: z.string().max(4_096),
  of: z
    .string()
    .max(4_096)
    .optional()
    .describe("The pattern of the spec that names it; absent if the spec names the file itself."),
  sha256: Sha256,
  size: z.int().min(0).describe("Bytes."),
  version: z
    .string()
    .max(1_024)
    .optional()
    .describe("An ETag with its quotes, an object's version id, or the digest of an OCI manifest."),
});
export type LockedFile = z.infer<typeof LockedFile>;

/** `data.lock.json` beside a spec: remote data, pinned file by file by `slipway lock`. */
export const DataLock = z.object({
  slipway: z.literal(1),
  files: z.array(LockedFile).max(100_000),
});
export type DataLock = z.infer<typeof DataLock>;

/** Which of the test rows: the preview, which is a share of them, about, or the rest. */
export const TestPart = z.object({
  of: z.enum(["preview", "rest"]),
  share: z.number().gt(0).max(0.9).describe("The preview's, as the policy says it."),
});
export type TestPart = z.infer<typeof TestPart>;

/**
 * The files behind one role of the data; `sha256` is over their digests and, with a split, over the split, and over the part
 * of the rows, where they are a part.
 */
export const DataSet = z.object({
  sha256: Sha256,
  rows: z.int().min(0),
  files: z.array(DataFile),
  labels: z
    .array(DataFile)
    .optional()
    .describe("Of test rows alone: where their labels are, if `data.labels` says so."),
  part: TestPart.optional().describe("Of test rows alone, where the policy has a `preview`. Absent: all."),
});
export type DataSet = z.infer<typeof DataSet>;

export const Violation = z.object({
  set: z.enum(["train", "test", "labels"]),
  column: z.string().optional(),
  check: z.enum(["type", "nulls", "min", "max", "one-of", "unique", "rows", "id", "label", "group", "missing", "file"]),
  count: z.int().min(0).describe("Rows that break the rule."),
  rows: z.array(z.string()).max(10).describe("The first few row ids; values are never shown."),
  expected: z.string(),
  found: z.string(),
});
export type Violation = z.infer<typeof Violation>;

/** What later drift checks compare live data with: aggregates alone, none of a sensitive column but its nulls. */
export const ColumnProfile = z.object({
  type: ColumnType,
  names: z
    .enum(["rows", "groups"])
    .optional()
    .describe("The column names rows or groups: it is compared with nothing."),
  nulls: z.int().min(0),
  nan: z.int().min(0).optional().describe("Of a number column; absent in profiles of before counts were kept."),
  infinite: z.int().min(0).optional().describe("Both infinities together."),
  distinct: z.int().min(0).optional().describe("Exact if `top` lists all values, otherwise approximate (HyperLogLog)."),
  min: z.number().optional(),
  max: z.number().optional(),
  mean: z.number().optional(),
  std: z.number().optional(),
  quantiles: z.array(z.number()).optional().describe("At 0, 0.1 … 1: eleven values."),
  cuts: z
    .array(z.number())
    .max(63)
    .optional()
    .describe("The values at 1/64 … 63/64 of the finite ones, each once, rising."),
  counts: z
    .array(z.int().min(0))
    .max(64)
    .optional()
    .describe("Finite values above the cut before and up to this one; last those above all cuts. Exact."),
  top: z
    .array(z.object({ value: z.string(), count: z.int().min(1) }))
    .max(100)
    .optional()
    .describe("The most frequent values of a text or boolean column, of at most 200 characters each."),
  other: z.int().min(0).optional().describe("Rows with a value that `top` does not list."),
});
export type ColumnProfile = z.infer<typeof ColumnProfile>;

export const DataProfile = z.object({
  slipway: z.literal(1),
  rows: z.int().min(0),
  columns: z.record(z.string(), ColumnProfile),
});
export type DataProfile = z.infer<typeof DataProfile>;
