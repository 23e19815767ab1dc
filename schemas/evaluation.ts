import { z } from "zod";
import { DataSet } from "./data-record.ts";
import { SliceFilter } from "./gate.ts";
import { MetricDefinition, MetricName } from "./metric-spec.ts";
import { Task } from "./model-spec.ts";
import { Sha256, StageName, Timestamp, VersionNumber } from "./names.ts";

export const Interval = z.object({
  level: z
    .number()
    .gt(0)
    .lt(0.5)
    .describe("One-sided: the true value is below `low` at most this often, and above `high` at most this often."),
  low: z.number(),
  high: z.number(),
});
export type Interval = z.infer<typeof Interval>;

/** How intervals were made, so that anyone can recompute them from the kept predictions. */
export const IntervalMethod = z.object({
  name: z.string().describe("The method's name: see docs/metrics.md."),
  unit: z
    .enum(["row", "group", "time-block"])
    .describe("What is independent of each other: the rows, or groups or blocks of them."),
  units: z.int().min(0).describe("How many rows, groups or blocks there are."),
});
export type IntervalMethod = z.infer<typeof IntervalMethod>;

export const MetricValue = z.object({
  value: z.number().nullable().describe("Null where the metric is undefined on these rows; `reason` says why."),
  intervals: z
    .array(Interval)
    .optional()
    .describe("One for each level; the strictest are left out if the rows are too few for them."),
  step: z.number().gt(0).optional().describe("Value and bounds are in steps of this. Absent: exact."),
  reason: z.string().optional(),
});
export type MetricValue = z.infer<typeof MetricValue>;

export const MetricResult = MetricValue.extend({
  function: z.string().describe("scikit-learn's function, `own`, or the measured metric's name."),
  arguments: MetricDefinition.shape.arguments.optional().describe("Of scikit-learn's functions alone."),
  greater_is_better: z.boolean(),
  classes: z
    .array(MetricValue.extend({ class: z.string() }))
    .optional()
    .describe("With `average: none`."),
  matrix: z
    .object({ labels: z.array(z.string()), values: z.array(z.array(z.number())) })
    .optional()
    .describe("confusion_matrix: rows are true classes, columns predicted ones."),
});
export type MetricResult = z.infer<typeof MetricResult>;

export const SliceResult = z.object({
  slice: SliceFilter,
  rows: z.int().min(0),
  metrics: z.record(MetricName, MetricResult),
});
export type SliceResult = z.infer<typeof SliceResult>;

/** One metric of candidate and baseline on the same rows, resampled together. `difference` is candidate − baseline. */
export const MetricComparison = z.object({
  candidate: z.number().nullable(),
  baseline: z.number().nullable(),
  difference: MetricValue,
  greater_is_better: z.boolean(),
  classes: z
    .array(
      z.object({
        class: z.string(),
        candidate: z.number().nullable(),
        baseline: z.number().nullable(),
        difference: MetricValue,
      }),
    )
    .optional(),
});
export type MetricComparison = z.infer<typeof MetricComparison>;

export const Comparison = z.object({
  stage: StageName,
  version: VersionNumber.optional().describe("Absent: no version was in the stage."),
  predictions: z
    .enum(["kept", "recomputed", "unavailable", "none"])
    .describe("Where the baseline's predictions came from; `none`: there was nothing to compare with."),
  reason: z.string().optional().describe("Why they are unavailable."),
  rows: z.int().min(0),
  test_sha256: Sha256.optional(),
  metrics: z.record(MetricName, MetricComparison),
  slices: z
    .array(z.object({ slice: SliceFilter, rows: z.int().min(0), metrics: z.record(MetricName, MetricComparison) }))
    .optional(),
  method: IntervalMethod.optional(),
});
export type Comparison = z.infer<typeof Comparison>;

/** How far the test labels were kept from user code. */
export const LabelsKept = z
  .enum(["reachable", "withheld", "sealed"])
  .describe(
    "reachable: committed in the same repository; withheld: not in what user code was given; sealed: no job with user code could open them.",
  );
export type LabelsKept = z.infer<typeof LabelsKept>;

/** What a score run found: aggregates and row ids, never rows. */
export const Evaluation = z.object({
  slipway: z.literal(1),
  task: Task,
  binding: z.boolean().describe("Made from the default branch's own commit; otherwise advisory."),
  test: DataSet,
  part: z
    .enum(["preview", "rest"])
    .optional()
    .describe("Which part of the test rows was scored, where the policy has a `preview`. Absent: all."),
  values: z
    .enum(["exact", "steps"])
    .describe("steps: values of the test rows in steps of about 1/√rows, bounds rounded outward (docs/data.md)."),
  classes: z.array(z.string()).optional(),
  labels: LabelsKept,
  labels_reason: z.string().max(500).optional().describe("Why `data.labels` are withheld, and not sealed."),
  metrics: z.record(MetricName, MetricResult),
  slices: z.array(SliceResult),
  comparisons: z.array(Comparison),
  method: IntervalMethod,
  evaluated_at: Timestamp,
  seconds: z.object({ predict: z.number(), score: z.number() }),
});
export type Evaluation = z.infer<typeof Evaluation>;
