import { z } from "zod";
import { MetricResult, SliceResult } from "./evaluation.ts";
import { MonitorBar } from "./monitor-spec.ts";
import { BlobId, ModelName, Person, Sha256, StageName, Timestamp, VersionNumber } from "./names.ts";

const count = z.int().min(0);
const column = z.string().min(1).max(1_000);

/** A stretch of time, `from` included and `to` not. */
export const MonitorWindow = z.object({ from: Timestamp, to: Timestamp });
export type MonitorWindow = z.infer<typeof MonitorWindow>;

/**
 * One comparison of what came with what was trained on (of predictions: with those on the test rows), by counts alone.
 * Whoever reads the counts can compute effect and p again: core/drift/ does.
 */
export const DriftTest = z.object({
  of: z.enum(["feature", "prediction"]),
  column,
  what: z
    .enum(["distribution", "nulls", "new-categories"])
    .describe("distribution: chi-square over bins; nulls and new-categories: two proportions."),
  bins: z
    .array(z.union([z.number(), z.string()]))
    .max(101)
    .optional()
    .describe(
      "Upper ends of all bins but the last, or the categories of all but the last, which is `other`. Absent with two proportions, whose counts are the rows concerned and the others.",
    ),
  reference: z
    .array(count)
    .min(1)
    .max(101)
    .describe("Rows in each bin then. One bin alone: nearly all rows have one value, then and now."),
  current: z.array(count).min(1).max(101).describe("Rows in each bin in the window."),
  effect: z.number().min(0).describe("PSI of a distribution; otherwise by how much the share rose or fell."),
  least: z.number().gt(0).describe("The least effect that counts."),
  p: z.number().min(0).max(1),
  level: z.number().gt(0).lt(1).describe("0.05 shared among all tests of the window."),
  drifted: z
    .boolean()
    .describe(
      "p below the level, and the effect at least `least`: a PSI beyond what chance alone has on average; of two proportions with more rows concerned than chance brings where few are expected.",
    ),
});
export type DriftTest = z.infer<typeof DriftTest>;

/** A rule of the spec that rows of the window break. */
export const BrokenRule = z.object({
  column: column.optional(),
  check: z.enum(["type", "nulls", "min", "max", "one-of", "missing"]),
  count: count.describe("Rows that break it."),
  rows: count.describe("Rows of the window."),
  expected: z.string().max(500),
  allowed: z.number().min(0).max(1).optional().describe("The share of rows that may break it; absent: none."),
  broken: z.boolean().describe("Enough of them to count: core/drift/ says how many."),
});
export type BrokenRule = z.infer<typeof BrokenRule>;

/** A bar, and what the window's labelled rows say of it. */
export const BarResult = z.object({
  bar: MonitorBar,
  rows: count.describe("Labelled rows that it is about."),
  hits: count
    .optional()
    .describe("Of a mean over rows that are 0 or 1: rows that are 1. What is decided over all windows rests on these."),
  value: z.number().nullable(),
  holds: z.enum(["yes", "no", "unclear"]).describe("By this window's interval alone. `no` decides nothing by itself."),
});
export type BarResult = z.infer<typeof BarResult>;

export const MonitorTraffic = z.object({
  rows: count.describe("Rows in the log that clients got answers to, or errors."),
  requests: count,
  errors: count,
  sample: z.number().gt(0).max(1).describe("The smallest share of rows that was kept."),
  p50_ms: z.number().min(0).optional(),
  p99_ms: z.number().min(0).optional(),
});
export type MonitorTraffic = z.infer<typeof MonitorTraffic>;

/** Live metrics of the rows whose labels have come. */
export const LivePerformance = z.object({
  labelled: count.describe("Rows with a label."),
  doubled: count.describe("Labels that a later one replaced."),
  unfit: count
    .optional()
    .describe("Labels that are no value of the label's type, or none at all: they count for nothing."),
  unknown: count.describe(
    "Labels whose id no row of this model has, in the files' rows of this look; over all windows.",
  ),
  metrics: z.record(z.string(), MetricResult),
  slices: z.array(SliceResult),
  bars: z.array(BarResult),
});
export type LivePerformance = z.infer<typeof LivePerformance>;

/** What a metric would be if the model's own probabilities were right (CBPE). Shown, and never decided on. */
export const PerformanceEstimate = z.object({
  metric: z.literal("accuracy_score"),
  value: z.number(),
  rows: count,
  calibrated: z.boolean().describe("By the test rows' calibration; otherwise the probabilities as they are."),
});
export type PerformanceEstimate = z.infer<typeof PerformanceEstimate>;

/**
 * `monitoring`: `models/<shard>/<model>/windows/<version>/<from>.json`: a look at what one version answered in one window.
 * Aggregates alone. A later look, on labels that came since, replaces it.
 */
export const WindowRecord = z.object({
  slipway: z.literal(1),
  model: ModelName,
  version: VersionNumber,
  stage: StageName.describe("The stage whose requests were looked at: the policy's last."),
  window: MonitorWindow,
  inputs: z
    .object({
      requests: Sha256.describe("Over the names of the log's files that the window meets."),
      labels: Sha256.optional().describe("Over the window's joined ids and labels; absent without any."),
      label_files: Sha256.optional().describe(
        "Over names, sizes and versions of all files of labels, on the newest window of a look at all of them: no earlier label is looked for while they stay.",
      ),
      profile: Sha256.optional(),
      predictions_profile: Sha256.optional(),
      spec: BlobId.optional().describe(
        "The spec that asked, from the default branch's tip; absent for a model that was imported and has none.",
      ),
    })
    .describe("The same look finds the same: it is then not written again."),
  traffic: MonitorTraffic,
  rules: z.array(BrokenRule).max(2_000),
  tests: z.array(DriftTest).max(4_000),
  untested: z.record(column, z.string().max(200)).optional().describe("Columns that were not compared, and why."),
  performance: LivePerformance.optional(),
  estimate: PerformanceEstimate.optional(),
  looked_at: Timestamp,
  by: Person,
  host: z.string().max(100),
  run: z.string().max(300).optional().describe("The attested run that looked."),
});
export type WindowRecord = z.infer<typeof WindowRecord>;

/** `monitoring`: `models/<shard>/<model>/snoozes/<id>.json`: a person wants no new alarm of this model until then. */
export const Snooze = z.object({
  slipway: z.literal(1),
  id: z.string().regex(/^[0-9a-f]{32}$/),
  model: ModelName,
  until: Timestamp,
  reason: z.string().min(1).max(2_000),
  by: Person,
  at: Timestamp,
  host: z.string().max(100),
});
export type Snooze = z.infer<typeof Snooze>;

/** One thing that is wrong with what a version answers, and since when. Follows from the records: core/drift/alarms.ts. */
export const Alarm = z.object({
  kind: z.enum(["rules", "drift", "bar"]),
  subject: z.string().max(2_000).describe("The column and test, the rule, or the bar in words: one alarm each."),
  version: VersionNumber,
  since: Timestamp.describe("The begin of the first window that counts for it."),
  windows: z.array(Timestamp).max(100).describe("The begins of the windows in which it was seen."),
  share: z.number().min(0).max(1).optional().describe("Of the rows in those windows, those concerned."),
  sure: z.boolean().describe("By labels, with the bar's confidence over all looks: a rollback may rest on it."),
  words: z.string().max(2_000).describe("What changed, in a sentence."),
});
export type Alarm = z.infer<typeof Alarm>;

/** Where a model stands after all windows so far. */
export const MonitorState = z.object({
  model: ModelName,
  version: VersionNumber.optional().describe("The version that the last window is about."),
  state: z
    .enum(["quiet", "alarmed", "clearing", "unwatched", "idle"])
    .describe(
      "quiet: no alarm. alarmed: at least one. clearing: none any more, and not yet enough clean windows to close. unwatched: no window. idle: no version is live, so no alarm is open.",
    ),
  alarms: z.array(Alarm).max(1_000),
  opened: Timestamp.optional().describe("Since when it is alarmed or clearing."),
  clean: count.describe("Clean windows in a row, at the end."),
  snoozed: Snooze.optional(),
  last: MonitorWindow.optional(),
});
export type MonitorState = z.infer<typeof MonitorState>;

/** New bytes behind what a spec pins: what a retrain pull request brings. */
export const MovedPins = z.object({
  model: ModelName,
  from: Sha256.optional().describe("Of data.lock.json as the default branch has it; absent without one."),
  to: Sha256.describe("Of `content`."),
  content: z
    .string()
    .max(16 * 1024 * 1024)
    .describe("data.lock.json as it would be."),
  changes: z.array(z.string().max(4_000)).max(50).describe("What moved, a line each."),
});
export type MovedPins = z.infer<typeof MovedPins>;

/** What a look came to: the result that a run attests, and `slipway monitor --json` shows. */
export const MonitorResult = z.object({
  slipway: z.literal(1),
  at: Timestamp,
  windows: z.array(WindowRecord).max(100_000).describe("New looks, and those that replace an earlier one."),
  unchanged: count.describe("Windows that were looked at before, with nothing new."),
  left: count.optional().describe("New looks that did not fit in a run's result: the next run looks again."),
  moved: z.array(MovedPins).max(1_000),
  retrain: z
    .array(ModelName)
    .max(1_000)
    .optional()
    .describe("Models whose retrain pull request somebody asked for, whatever the policy says."),
  problems: z
    .array(z.object({ model: ModelName, code: z.string().max(100), message: z.string().max(2_000) }))
    .max(10_000)
    .describe("Models that could not be looked at, or not with their labels, and why; the others were."),
  notes: z
    .array(z.object({ model: ModelName, code: z.string().max(100), message: z.string().max(2_000) }))
    .max(10_000)
    .describe(
      "What deserves a look though a model was looked at: files of labels that cannot be read, rows of the future.",
    ),
});
export type MonitorResult = z.infer<typeof MonitorResult>;
