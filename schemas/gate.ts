import { z } from "zod";
import { MetricDefinition, MetricName } from "./metric-spec.ts";
import { StageName, VersionNumber } from "./names.ts";

const scalar = z.union([z.string(), z.number(), z.boolean()]);

export const SliceFilter = z
  .record(z.string().min(1), scalar)
  .refine((slice) => Object.keys(slice).length > 0, "a slice names at least one column")
  .describe("Test rows where each column has the given value.");
export type SliceFilter = z.infer<typeof SliceFilter>;

/*
 * Either absolute (`at-least`, `at-most`) or against the version in a stage (`versus` with
 * `max-regression` or `min-improvement`); core/spec refuses a mixture with the line it stands on.
 */
export const Gate = z.strictObject({
  metric: MetricName,
  class: scalar.optional().describe("One class of a metric with `average: none`."),
  slice: SliceFilter.optional(),
  "at-least": z.number().optional().describe("The smallest value that passes."),
  "at-most": z.number().optional().describe("The largest value that passes."),
  versus: StageName.optional().describe("Compare with the version in this stage, on the same test rows, paired."),
  "max-regression": z
    .number()
    .min(0)
    .optional()
    .describe("By how much it may be worse, in the metric's unit; direction-aware."),
  "min-improvement": z
    .number()
    .min(0)
    .optional()
    .describe("By how much it must be better, in the metric's unit; direction-aware."),
  confidence: z
    .number()
    .gt(0.5)
    .lt(1)
    .optional()
    .describe("One-sided: the bound that the true value is beyond at most this rarely must pass, not the value alone."),
  "min-rows": z.int().min(1).optional().describe("With fewer test rows the gate is inconclusive. Default 10."),
});
export type Gate = z.infer<typeof Gate>;

/** `register` and stage names, each with what a version must pass. */
export const Gates = z.record(StageName, z.array(Gate).max(100));
export type Gates = z.infer<typeof Gates>;

export const Verdict = z.enum(["pass", "fail", "inconclusive"]);
export type Verdict = z.infer<typeof Verdict>;

/** A gate as it is asked of a version. */
export const AskedGate = z.object({
  gate: Gate,
  origin: z.enum(["spec", "policy"]).describe("Who asked: the model's spec or the platform's floor."),
  definition: MetricDefinition.optional().describe("What the floor's metric must have been, where the policy says it."),
});
export type AskedGate = z.infer<typeof AskedGate>;

export const GateResult = AskedGate.pick({ gate: true, origin: true }).extend({
  verdict: Verdict,
  expected: z.string().describe("What was asked, in words: at least 0.9 with 95 % confidence."),
  found: z.string().describe("What was found, in words: 0.93, at least 0.91 at the 0.25 % level (try 3 of 20)."),
  reason: z.string().optional().describe("A stable code where the verdict is not a plain comparison."),
  value: z.number().optional().describe("The number that was compared: a value, a bound or a difference."),
  level: z
    .number()
    .optional()
    .describe("With a confidence: the one-sided level that it was asked at, (1 − confidence) ÷ tries."),
  interval: z
    .object({ level: z.number(), low: z.number(), high: z.number() })
    .optional()
    .describe("The bounds that were looked at: at `level` or the next stricter one. Without a confidence, at 2.5 %."),
  step: z.number().optional().describe("Value and interval are in steps of this. Absent: exact."),
  rows: z.int().optional().describe("Test rows behind the value."),
  baseline: z
    .object({ stage: StageName, version: VersionNumber, value: z.number().optional() })
    .optional()
    .describe("The version compared with."),
});
export type GateResult = z.infer<typeof GateResult>;
