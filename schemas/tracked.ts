import { z } from "zod";
import { Sha256, Timestamp } from "./names.ts";

/** A point of a curve: its step, its value, and when it was logged, in milliseconds since 1970. */
export const TrackedPoint = z.tuple([z.int(), z.number(), z.number()]);
export type TrackedPoint = z.infer<typeof TrackedPoint>;

export const TrackedMetric = z.object({
  name: z.string().min(1).max(250),
  count: z.int().min(1).describe("Points that were logged; `points` may hold fewer."),
  last: TrackedPoint,
  least: z.number(),
  most: z.number(),
  points: z
    .array(TrackedPoint)
    .min(1)
    .max(500)
    .describe("In the order of logging, evenly chosen; the last one is there."),
});
export type TrackedMetric = z.infer<typeof TrackedMetric>;

const Word = z.object({ name: z.string().min(1).max(250), value: z.string().max(1_000) });

/** A file that the program logged: its bytes are in the run's folder, at `tracked/<id>/<path>`, where there is one. */
export const TrackedArtifact = z.object({
  path: z.string().min(1).max(1_000),
  size: z.int().min(0).describe("Bytes."),
  sha256: Sha256,
});
export type TrackedArtifact = z.infer<typeof TrackedArtifact>;

/** What the program calls a run: a training may open several, one in another. */
export const TrackedRun = z.object({
  id: z.string().regex(/^[\w-]{1,64}$/),
  tool: z.enum(["mlflow", "tensorboard"]).describe("Whose client wrote it."),
  name: z.string().max(250),
  parent: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .optional()
    .describe("The id of the run that this one is nested in."),
  experiment: z.string().max(250).optional().describe("Where it has a name of its own."),
  status: z.enum(["running", "scheduled", "finished", "failed", "killed"]).optional(),
  started_at: Timestamp.optional(),
  ended_at: Timestamp.optional(),
  params: z.array(Word).max(1_000).describe("Sorted by name, as all lists of this record but the points."),
  tags: z.array(Word).max(500).describe("Without MLflow's own, which start with `mlflow.`."),
  metrics: z.array(TrackedMetric).max(1_000),
  artifacts: z.array(TrackedArtifact).max(100),
});
export type TrackedRun = z.infer<typeof TrackedRun>;

/**
 * What a training program logged itself, through MLflow's client or into TensorBoard's event files; in the run's folder as
 * `tracked.json`, also while the training runs. It is the program's own word: no gate reads it.
 */
export const Tracked = z.object({
  slipway: z.literal(1),
  runs: z.array(TrackedRun).max(100).describe("Nested ones as well. By start; the first one comes first."),
  left_out: z.array(z.string().max(300)).max(20).describe("What was not taken, and why: a sentence each."),
});
export type Tracked = z.infer<typeof Tracked>;
