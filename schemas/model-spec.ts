import { z } from "zod";
import { Gates } from "./gate.ts";
import { MetricName, MetricSpec } from "./metric-spec.ts";
import { MonitorSpec } from "./monitor-spec.ts";
import { Duration, Json, Params } from "./names.ts";

/** MLflow's column types, and `file`: a path, relative to the data file, of one file per row. */
export const ColumnType = z.enum(["long", "double", "boolean", "string", "datetime", "file"]);
export type ColumnType = z.infer<typeof ColumnType>;

const scalar = z.union([z.string(), z.number(), z.boolean()]);

export const Column = z.strictObject({
  type: ColumnType,
  min: z.union([z.number(), z.string()]).optional().describe("The smallest value (a date for datetime), inclusive."),
  max: z.union([z.number(), z.string()]).optional().describe("The largest value (a date for datetime), inclusive."),
  nulls: z.number().min(0).max(1).optional().describe("The share of rows that may be null. Default 0: none."),
  "one-of": z.array(scalar).min(1).max(10_000).optional().describe("The only values allowed."),
  unique: z.boolean().optional().describe("No value twice."),
  sensitive: z.boolean().optional().describe("Values are never shown; only counts are."),
});
export type Column = z.infer<typeof Column>;

const location = z.string().min(1).max(2_000).describe("A path or glob relative to this file, or a URI.");
const locations = z.union([location, z.array(location).min(1).max(1_000)]);

export const TimeSplit = z.strictObject({
  time: z.string().min(1).describe("The column that orders rows in time: a datetime (ISO 8601)."),
  test: Duration.describe("The last part of the time span is the test set: 28d."),
  gap: Duration.optional().describe("Rows this long before the test set are left out of both. Default none."),
});
export type TimeSplit = z.infer<typeof TimeSplit>;

export const HashSplit = z.strictObject({
  test: z.number().gt(0).lt(1).describe("The share of rows in the test set, about: 0.3."),
  seed: z.int().min(0).max(2_147_483_647).optional().describe("Another seed is another split. Default 0."),
});
export type HashSplit = z.infer<typeof HashSplit>;

export const Split = z
  .union([TimeSplit, HashSplit])
  .describe("By time: { time, test: 28d, gap: 1d }; or by a hash of each row's group or id: { test: 0.3, seed: 7 }.");
export type Split = z.infer<typeof Split>;

export const Label = z.union([
  z.string().min(1),
  z.strictObject({
    column: z.string().min(1),
    positive: scalar.optional().describe("The positive class of a two-class label."),
  }),
]);

export const DataSpec = z.strictObject({
  train: locations.optional().describe("Training rows; with `test`, instead of `source` and `split`."),
  test: locations
    .optional()
    .describe("Test rows, with labels unless `labels` holds them. User code never gets the labels."),
  labels: locations
    .optional()
    .describe("The test rows' labels, with `id` to join them by: opened by the job that scores alone."),
  source: locations.optional().describe("All rows; needs `split`."),
  split: Split.optional(),
  label: Label.optional().describe("The column to predict, or {column, positive}."),
  id: z.string().min(1).optional().describe("A column that names each row. Default: the row's number, from 1."),
  group: z.string().min(1).optional().describe("Rows that belong together: intervals resample groups, not rows."),
  columns: z.record(z.string().min(1), Column).optional().describe("What each column must hold."),
  rows: z
    .strictObject({ min: z.int().min(0).optional(), max: z.int().min(0).optional() })
    .optional()
    .describe("How many rows the training data must hold."),
  "null-values": z
    .array(z.string())
    .max(20)
    .optional()
    .describe("Texts that mean null in CSV, besides an empty field: [NA]."),
});
export type DataSpec = z.infer<typeof DataSpec>;

const command = z.string().min(1).max(10_000);
const runner = z
  .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
  .describe("The GitHub Actions runner's label or labels. On a command line it needs --here.");

export const TrainSpec = z.strictObject({
  run: command.describe("The command that trains: reads SLIPWAY_TRAIN_DATA, writes the folder SLIPWAY_MODEL."),
  params: Params.optional(),
  seed: z.int().min(0).max(2_147_483_647).optional().describe("Given as SLIPWAY_SEED. Default 0."),
  timeout: Duration.optional().describe("Default 1h."),
  "runs-on": runner.optional(),
});
export type TrainSpec = z.infer<typeof TrainSpec>;

export const PredictSpec = z.strictObject({
  run: command.describe(
    "The command that predicts: reads SLIPWAY_MODEL and SLIPWAY_FEATURES, writes SLIPWAY_PREDICTIONS.",
  ),
  timeout: Duration.optional().describe("Default 10m."),
  "runs-on": runner.optional(),
});
export type PredictSpec = z.infer<typeof PredictSpec>;

/** How a version answers single requests; all of it has a default. */
export const ServeSpec = z.strictObject({
  run: command
    .optional()
    .describe(
      "The program that answers: reads requests on descriptor 3, writes answers to descriptor 4, a JSON text a line. Absent: the predict program, a batch at a time.",
    ),
  workers: z.int().min(1).max(64).optional().describe("Processes of `run` side by side. Default 1."),
  timeout: Duration.optional().describe("A request's time, waiting included. Default 10s with `run`, 60s without."),
  "max-rows": z.int().min(1).max(100_000).optional().describe("The most rows of one request. Default 1000."),
  "unknown-columns": z
    .enum(["ignore", "refuse"])
    .optional()
    .describe("What becomes of a request's columns that the model does not know. Default ignore."),
});
export type ServeSpec = z.infer<typeof ServeSpec>;

export const EnvironmentSpec = z.strictObject({
  setup: command
    .optional()
    .describe(
      "The command that installs what user code needs: sees the files of `lock` alone, and runs once for their content.",
    ),
  timeout: Duration.optional().describe("How long setup may take. Default 30m."),
  lock: z
    .array(z.string().min(1).max(2_000).describe("A path relative to this file."))
    .max(20)
    .optional()
    .describe("Files and folders that setup sees: [package.json, package-lock.json]."),
  image: z
    .string()
    .min(1)
    .optional()
    .describe("A container image. Needs a runner with containers; refused on a command line."),
  env: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string())
    .optional()
    .describe("Variables to set."),
  pass: z
    .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/))
    .max(50)
    .optional()
    .describe(
      "Variables to hand on from the caller's environment, as far as the policy lets it: [CUDA_VISIBLE_DEVICES].",
    ),
});
export type EnvironmentSpec = z.infer<typeof EnvironmentSpec>;

export const Task = z.enum(["classification", "regression", "custom"]);
export type Task = z.infer<typeof Task>;

/** What `models/<name>/model.yaml`, version 1, says. Paths are relative to the file; commands run in its folder. */
export const ModelSpec = z.strictObject({
  slipway: z.literal(1).describe("The version of this format."),
  owner: z.string().max(200).optional().describe('Who answers for the model: "@acme/ml".'),
  description: z.string().max(5_000).optional(),
  task: Task,
  code: z
    .array(z.string().min(1).max(1_000))
    .min(1)
    .max(100)
    .optional()
    .describe("What user code may see, and what the fingerprint covers. Default [.]: this folder."),
  data: DataSpec,
  train: TrainSpec.optional().describe("May be left out with `task: custom`: the artifact is then the code."),
  predict: PredictSpec,
  serve: ServeSpec.optional().describe("How a version answers requests: `slipway serve`."),
  metrics: z.record(MetricName, MetricSpec).describe("name: a scikit-learn function with its keyword arguments."),
  environment: EnvironmentSpec.optional(),
  slices: z.array(z.string().min(1)).max(20).optional().describe("Columns whose values are evaluated one by one."),
  gates: Gates.optional().describe("What a version must pass to be registered, or promoted to a stage."),
  monitor: MonitorSpec.optional().describe("How what serves is watched: `slipway monitor`."),
});
export type ModelSpec = z.infer<typeof ModelSpec>;

/** The file `model.yaml` itself, where `params` are YAML. */
export const ModelFile = ModelSpec.extend({
  train: TrainSpec.extend({
    params: z.record(z.string().min(1), Json).optional().describe("Given to the command as JSON in SLIPWAY_PARAMS."),
  })
    .optional()
    .describe("May be left out with `task: custom`: the artifact is then the code."),
});
export type ModelFile = z.infer<typeof ModelFile>;
