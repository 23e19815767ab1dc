import type { z } from "zod";
import { Acceptance } from "./acceptance.ts";
import { Change } from "./change.ts";
import { DataLock, DataProfile } from "./data-record.ts";
import { Decision } from "./decision.ts";
import { DeploymentPayload } from "./deployment-payload.ts";
import { ModelDisplayName } from "./display-name.ts";
import { Evaluation } from "./evaluation.ts";
import { LaterComparison } from "./later-comparison.ts";
import { Manifest } from "./manifest.ts";
import { ModelRecord } from "./model-record.ts";
import { ModelFile } from "./model-spec.ts";
import { Plan } from "./plan.ts";
import { Policy } from "./policy.ts";
import { PromotionRequest } from "./promotion-request.ts";
import { PullResult } from "./pull-result.ts";
import { Registration } from "./registration.ts";
import { Review } from "./review.ts";
import { RolloutRecord, SignedReport } from "./rollout.ts";
import { RunResult } from "./run-result.ts";
import { RunNotes, RunRecord, RunStart } from "./run-summary.ts";
import { TestSet, TestSetOverlap } from "./test-set.ts";
import { Tracked } from "./tracked.ts";
import { TrainedArtifact } from "./trained-artifact.ts";
import { Try } from "./try.ts";
import { VersionEvaluation } from "./version-evaluation.ts";
import { VersionMetadata } from "./version-metadata.ts";

/** Every file that people or machines write, by the name of its JSON Schema in schemas/json/. */
export const CATALOG: Record<string, { schema: z.ZodType; title: string }> = {
  "model-spec": { schema: ModelFile, title: "models/<name>/model.yaml" },
  policy: { schema: Policy, title: "slipway.yaml" },
  "data-lock": { schema: DataLock, title: "models/<name>/data.lock.json" },
  "data-profile": { schema: DataProfile, title: "A data profile" },
  evaluation: { schema: Evaluation, title: "An evaluation" },
  manifest: { schema: Manifest, title: "registry: models/<name>/versions/<n>.json" },
  "model-record": { schema: ModelRecord, title: "registry: models/<name>/model.json" },
  decision: { schema: Decision, title: "registry: models/<name>/promotions/<id>.json" },
  "deployment-payload": { schema: DeploymentPayload, title: "The payload of a GitHub Deployment" },
  "promotion-request": { schema: PromotionRequest, title: "registry: models/<name>/requests/<id>.json" },
  review: { schema: Review, title: "registry: models/<name>/reviews/<id>.json" },
  "later-comparison": {
    schema: LaterComparison,
    title: "registry: models/<name>/comparisons/<version>-<stage>-<live version>.json",
  },
  "version-evaluation": {
    schema: VersionEvaluation,
    title: "registry: models/<name>/evaluations/<version>-<number>.json",
  },
  change: { schema: Change, title: "registry: models/<name>/changes/<id>.json" },
  "version-metadata": { schema: VersionMetadata, title: "registry: models/<name>/metadata/<n>.json" },
  "display-name": { schema: ModelDisplayName, title: "registry: names/<name>.json" },
  acceptance: { schema: Acceptance, title: "registry: accepted/<commit>.json" },
  "test-set": { schema: TestSet, title: "registry: ledger/<shard>/<test set>/set.json" },
  "test-set-overlap": { schema: TestSetOverlap, title: "registry: ledger/<shard>/<test set>/overlaps/<other>.json" },
  rollout: { schema: RolloutRecord, title: "registry: models/<name>/rollouts/<decision>-<n>.json" },
  "rollout-report": { schema: SignedReport, title: "What a replica counted of a rollout's step, signed" },
  try: { schema: Try, title: "registry: ledger/<shard>/<test set>/tries/<id>.json" },
  registration: { schema: Registration, title: "registry: models/<name>/registrations/<source commit>.json" },
  "pull-result": { schema: PullResult, title: "experiments: pulls/<number>/<model>.json" },
  plan: { schema: Plan, title: "What `slipway plan --json` prints" },
  "run-result": { schema: RunResult, title: ".slipway/runs/<run>/result.json" },
  "run-start": { schema: RunStart, title: ".slipway/runs/<run>/run.json" },
  "run-notes": { schema: RunNotes, title: ".slipway/run-notes.json" },
  "run-record": { schema: RunRecord, title: "experiments: run-records/<model>/<run>.json" },
  tracked: { schema: Tracked, title: ".slipway/runs/<run>/tracked.json" },
  "trained-artifact": { schema: TrainedArtifact, title: "experiments: runs/<model>/<fingerprint>.json" },
};
