import { z } from "zod";
import { Artifact, Runtime } from "./manifest.ts";
import { CommitId, ModelName, Sha256, Timestamp } from "./names.ts";

/**
 * `runs/<model>/<fingerprint>.json` on the branch `experiments`: an artifact that a pull request's run trained. The
 * run keeps it, as GitHub keeps Actions artifacts: for some days. The App writes the record, and only where the policy says `register: { artifact: reuse }`, the pull
 * request came from the same repository and its workflow files were the default branch's; a run of the same fingerprint
 * then takes the artifact instead of training. The first record of a fingerprint stays.
 */
export const TrainedArtifact = z.object({
  slipway: z.literal(1),
  model: ModelName,
  fingerprint: Sha256.describe("The run's; the file is called by it."),
  runtime: Runtime.describe("The machine that trained: a part of the fingerprint, by which a run elsewhere finds it."),
  artifact: Artifact.describe("Its URI says which Actions artifact of the run holds it: actions:<run id>/<name>."),
  run: z.string().max(200).describe("The run that trained it: <run id>-<attempt>-<model>."),
  commit: CommitId.describe("The pull request's head that was run."),
  pull_request: z.int().min(1).optional(),
  recorded_at: Timestamp,
});
export type TrainedArtifact = z.infer<typeof TrainedArtifact>;
