import { z } from "zod";
import { CommitId, ModelName, Sha256 } from "./names.ts";
import { Problem } from "./problem.ts";

export const ChangeReason = z.object({
  kind: z.enum(["new", "removed", "spec", "code", "data", "environment", "policy"]),
  paths: z.array(z.string()).max(50).describe("What changed: files, or the spec's keys for `spec`."),
});
export type ChangeReason = z.infer<typeof ChangeReason>;

export const PlannedModel = z.object({
  model: ModelName,
  spec: z.string().describe("The spec's path."),
  reasons: z.array(ChangeReason),
  fingerprint: Sha256.optional().describe("At the head; absent where the model was removed."),
  base_fingerprint: Sha256.optional(),
  steps: z
    .array(z.enum(["validate", "train", "predict", "score"]))
    .describe("What would run; without `train`, the trained artifact of the equal fingerprint is taken."),
  problem: Problem.optional().describe("Why nothing can run: the spec's first problem, or an input that is not there."),
});
export type PlannedModel = z.infer<typeof PlannedModel>;

export const Plan = z.object({
  slipway: z.literal(1),
  base: CommitId.optional().describe("Absent: everything counts as new."),
  head: CommitId.optional().describe("Absent: the work tree."),
  models: z.array(PlannedModel).describe("Changed models alone."),
  unchanged: z.int().min(0).describe("How many models have nothing to do."),
});
export type Plan = z.infer<typeof Plan>;
