import { z } from "zod";
import { ActId, ActSource } from "./act-source.ts";
import { Duration, ModelName, Person, Sha256, StageName, Timestamp, VersionNumber } from "./names.ts";

const ShadowStep = z.strictObject({
  shadow: Duration.describe("How long the new version is asked beside the live one, which answers: 1h."),
});

const ShareStep = z.strictObject({
  share: z.number().gt(0).max(1).describe("The share of request keys that the new version answers: 0.1. Last 1."),
  for: Duration.optional().describe("How long at least: 30m. Not in the last step."),
});

/** A part of a version's way into a stage. */
export const RolloutStep = z.union([ShadowStep, ShareStep]);
export type RolloutStep = z.infer<typeof RolloutStep>;

/** What ends a rollout, where the new version is worse than that. */
export const AbortRule = z.strictObject({
  metric: z
    .enum(["error_rate", "latency_p99_ms", "disagreement"])
    .describe("Of the new version's requests in the present step. disagreement is counted in shadow steps alone."),
  "at-most": z.number().min(0).max(1_000_000).describe("The greatest value that is borne."),
  "min-requests": z
    .int()
    .min(1)
    .max(1_000_000_000)
    .describe("The rule says nothing before that many requests of the step, and the step does not end."),
});
export type AbortRule = z.infer<typeof AbortRule>;

/** How a version comes into a stage that another version is in: step after step. */
export const RolloutPlan = z.strictObject({
  steps: z.array(RolloutStep).min(2).max(20).describe("The last is { share: 1 }: the version is in the stage."),
  abort: z.array(AbortRule).max(20).optional().describe("What ends the rollout and leaves the stage as it was."),
});
export type RolloutPlan = z.infer<typeof RolloutPlan>;

/** The policy's `rollout`: a plan for each stage that has one, and whose reports count. */
export const RolloutPolicy = z
  .object({
    reporter: z
      .string()
      .min(1)
      .max(20_000)
      .optional()
      .describe("The public key whose signed reports of figures count: ssh-ed25519 AAAA…, as in its .pub file."),
  })
  .catchall(RolloutPlan);
export type RolloutPolicy = z.infer<typeof RolloutPolicy>;

/** A decision's id under promotions/. */
const DecisionId = z.string().regex(/^[0-9a-f]{16,64}$/);

const StepNumber = z.int().min(0).max(19).describe("A step of the plan, from 0.");

/** Where a rollout is, as `model.json` has it. */
export const RolloutState = z.object({
  version: VersionNumber.describe("The version that is on its way into the stage."),
  decision: DecisionId.describe("The id under promotions/ that began it, and holds its plan."),
  n: z.int().min(0).describe("Of its last record, <decision>-<n>.json under rollouts/; 0 before the first."),
  step: StepNumber,
  since: Timestamp.describe("When this step began."),
  paused: z
    .object({
      by: z
        .enum(["person", "figures"])
        .describe("A person's pause ends by their resume; one for want of figures with the next step."),
      at: Timestamp,
    })
    .optional(),
});
export type RolloutState = z.infer<typeof RolloutState>;

const count = z.int().min(0).max(1_000_000_000_000);

/** Counts of the new version over one step; those of several replicas add up. */
export const RolloutFigures = z.object({
  requests: count.describe("Those it was asked: in a shadow step beside the live version, in a share step by clients."),
  errors: count.describe("Those of them that it did not answer: a time-out, a crash, garbage, its own error."),
  latency_ms: z
    .record(z.string().regex(/^\d{1,7}(\.\d{1,3})?$/), count)
    .describe(
      "How many took up to so many milliseconds, and more than the next smaller bound of core/rollout/latency.ts.",
    ),
  compared: count.describe("Rows that both versions answered."),
  disagreed: count.describe("Those of them with another class, or a number further off than 1e-6 of it."),
});
export type RolloutFigures = z.infer<typeof RolloutFigures>;

/** What one replica counted of a rollout's step so far. */
export const RolloutReport = z.object({
  slipway: z.literal(1),
  model: ModelName,
  stage: StageName,
  version: VersionNumber,
  decision: DecisionId,
  step: StepNumber,
  replica: z
    .string()
    .regex(/^[0-9a-f]{16,64}$/)
    .describe("Made at random whenever a replica starts."),
  since: Timestamp.describe("From when on it counted."),
  until: Timestamp.describe("Up to when: a later report of a replica is in an earlier one's place."),
  figures: RolloutFigures,
});
export type RolloutReport = z.infer<typeof RolloutReport>;

/** A report as it is handed in: `signature` is over the report's canonical JSON, as Git's SSH signatures are. */
export const SignedReport = z.object({ report: RolloutReport, signature: z.string().min(1).max(32_768) });
export type SignedReport = z.infer<typeof SignedReport>;

/**
 * `models/<name>/rollouts/<decision>-<n>.json`: what became of a rollout at one moment, and on which figures. Its beginning is
 * the decision itself.
 */
export const RolloutRecord = z.object({
  slipway: z.literal(1),
  decision: DecisionId,
  n: z.int().min(1).max(100_000).describe("1, 2, 3 … of this rollout."),
  act: z.enum(["advance", "pause", "resume", "abort", "complete"]),
  model: ModelName,
  stage: StageName,
  version: VersionNumber,
  step: StepNumber.describe("The step that it is in after this; of an abort, the one it was in."),
  cause: z
    .enum(["figures", "person", "superseded", "rolled-back", "withdrawn", "emptied"])
    .describe(
      "Whose doing: the figures (too few or none pause), a person's, or another act's: a promotion of another version, a rollback, or what took the version or the live one away.",
    ),
  figures: RolloutFigures.optional().describe("Of the step that it was in, summed; absent where there was no report."),
  until: Timestamp.optional().describe("Up to when the figures count."),
  reports: z
    .array(Sha256)
    .max(1_000)
    .optional()
    .describe("The digests of the signed reports; absent where a log was read."),
  reason: z.string().max(2_000).describe("Why, in words; a person's own where they gave one."),
  completes: DecisionId.optional().describe(
    "With complete: the decision of the same commit that put the version into the stage.",
  ),
  request: ActId.optional().describe("The act's key, where it was asked for on GitHub."),
  source: ActSource.optional().describe("Where it was asked for."),
  by: Person,
  at: Timestamp,
  host: z.string().describe("Where it was done: cli, app, bot, mlflow."),
});
export type RolloutRecord = z.infer<typeof RolloutRecord>;
