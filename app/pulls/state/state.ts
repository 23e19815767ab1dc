import type { VersionDiff } from "../../../core/report/diff-versions.ts";
import type { Decision, Refusal } from "../../../schemas/decision.ts";
import type { Manifest } from "../../../schemas/manifest.ts";
import type { ModelRecord } from "../../../schemas/model-record.ts";
import type { StageName } from "../../../schemas/names.ts";
import type { PlannedModel } from "../../../schemas/plan.ts";
import type { Problem } from "../../../schemas/problem.ts";
import type { PromotionRequest } from "../../../schemas/promotion-request.ts";
import type { MissedRegistration, PullResult } from "../../../schemas/pull-result.ts";
import type { RunResult } from "../../../schemas/run-result.ts";
import type { DeploymentState } from "../../deployments/state.ts";
import type { RunState } from "../results/run-state.ts";
import type { ChangePlan } from "./plan-pull.ts";
import type { PullRequest } from "./pull-request-cache.ts";
import type { PullRules } from "./rules.ts";

/** How far a change's model has come. */
export type ModelState = {
  model: string;
  planned: PlannedModel | undefined;
  /** Why its merge could register nothing, whatever its run says. */
  obstacles: readonly Refusal[];
  /** Jobs of its run that failed. */
  failedJobs?: PullResult["failed_jobs"];
} & (
  | { kind: "problem"; problems: Problem[] }
  | { kind: "removed" }
  | { kind: "waiting" }
  | { kind: "refused"; refusal: Refusal; run: PullResult["run"] | undefined }
  | Unscored
  | Judged
);

/** A result without a score: its labels are sealed, and the default branch's own workflow opens them. */
export interface Unscored {
  kind: "unscored";
  run: PullResult["run"];
  /**
   * For the workflow to end; for somebody who may write to ask for it, where the pull request is a fork's; or for the merge,
   * where what is scored is not the default branch's.
   */
  waits: "score" | "request" | "merge";
  /** What it would have otherwise than the default branch, in words. */
  changes: readonly string[];
}

/** A result that was taken, with its gates answered anew by the default branch's rules. */
export interface Judged {
  kind: "judged";
  result: RunResult;
  run: PullResult["run"];
  charts: PullResult["charts"];
  /** What differs from the version that is live in the target stage. */
  changes: VersionDiff | undefined;
  /** Why it would not be registered, and why not be promoted to the target. */
  blockers: { register: Refusal[]; target: Refusal[] };
}

/** The value that everything shown of a change follows from. */
export interface ChangeState {
  plan: ChangePlan;
  rules: PullRules;
  /** The pipeline's run on the head, if one was heard of. */
  run: RunState | undefined;
  models: ModelState[];
}

export interface PullState extends ChangeState {
  pull: PullRequest;
  /** The default branch's rules as they are now; `rules` are those of the merge, once there was one. */
  current: PullRules;
  /** The versions that it became, and those that it did not. */
  merged: MergedModel[];
}

/** What became of a model of a merged pull request. */
export type MergedModel =
  | { model: string; kind: "waiting" }
  | { model: string; kind: "missed"; missed: MissedRegistration }
  | {
      model: string;
      kind: "registered";
      manifest: Manifest;
      record: ModelRecord;
      /** How far the deployment of the version is, by the stage that it is in. */
      deployments: ReadonlyMap<StageName, DeploymentState>;
      requests: { request: PromotionRequest; given: number }[];
      /** Gates of the target, as they are now, that this version does not pass. */
      failing: Refusal[];
      /** Those that a comparison with what is in the target now has yet to answer. */
      uncompared: Refusal[];
      /** Whether the stage that the version is in held another one before. */
      restorable: boolean;
      /** The newest decision about this version that kept it out of a stage, where nothing came after it. */
      refused: Decision | undefined;
    };
