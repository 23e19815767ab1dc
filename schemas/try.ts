import { z } from "zod";
import { DecidingPolicy } from "./deciding-policy.ts";
import { MetricName } from "./metric-spec.ts";
import { CommitId, ModelName, Person, Sha256, StageName, Timestamp, VersionNumber } from "./names.ts";

/** A try's key, and its file name: it follows from what was asked of which rows, so that the same twice is one record. */
export const TryId = z.string().regex(/^[0-9a-f]{32}$/);
export type TryId = z.infer<typeof TryId>;

const level = z.number().min(0).max(1);

/** What a decision keeps of a try that it rests on: enough to say again at which level its gates were asked. */
export const TryTerms = z.object({
  id: TryId,
  budget: z.int().min(0).max(10_000).describe("The policy's `tries` when it was spent; 0: no promise over tries."),
  before: z
    .number()
    .min(0)
    .describe("What was spent of the test set before: levels of tries, each at least at this one's price."),
  level: level.describe(
    "What it spends: the one-sided level of its gates; 0 where none with a confidence was answered.",
  ),
});
export type TryTerms = z.infer<typeof TryTerms>;

/**
 * `ledger/<shard>/<test set>/tries/<id>.json`: a try. One candidate's predictions met one live version's, or none, on a test
 * set, in a run or a decision that binds, whatever the gates said and whatever came of it.
 */
export const Try = TryTerms.extend({
  slipway: z.literal(1),
  test: Sha256.describe("The test set's digest."),
  model: ModelName.describe("The model's folder in the registry."),
  version: VersionNumber.optional().describe("Absent where the run became no version."),
  candidate: Sha256.describe("The digest of the predictions that were judged."),
  live: z
    .object({ version: VersionNumber, predictions: Sha256 })
    .optional()
    .describe(
      "The version compared with, and the digest of its predictions, or of what it came to where it predicted again; absent where there was none.",
    ),
  gates: z
    .array(Sha256)
    .max(5_000)
    .describe("Of each gate that was asked, in order: the digest of the gate and of what its metric has to be."),
  measured: z
    .record(MetricName, Sha256)
    .describe("Of each metric that was asked: a digest of how it was measured and of what it came to."),
  price: level.describe("The one-sided level at which its most expensive gate asks; 0 where none has a confidence."),
  policy: DecidingPolicy.describe("Whose gates were asked, and whose `tries` counted."),
  act: z
    .enum(["register", "evaluate", "compare", "promote"])
    .describe("What asked: `compare` is a later run of a version that is registered already."),
  stage: StageName.optional().describe("Which stage's gates were asked, of a promotion; a run is asked those of all."),
  outcome: z.enum(["registered", "refused", "unchanged", "evaluated", "promoted", "rolling-out", "waiting"]),
  commit: CommitId.describe("The source commit of the candidate."),
  run: z.string().max(200).optional().describe("The run; absent for a promotion."),
  by: Person,
  at: Timestamp,
  host: z.string().max(100),
});
export type Try = z.infer<typeof Try>;
