import type { DataLock } from "../../schemas/data-record.ts";
import type { Comparison, Evaluation } from "../../schemas/evaluation.ts";
import type { Gate, GateResult } from "../../schemas/gate.ts";
import type { Artifact } from "../../schemas/manifest.ts";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { StepResult } from "../../schemas/run-result.ts";
import type { PreparedData } from "../data/prepare.ts";
import type { Executor } from "../executors/executor.ts";
import type { Scored } from "../metrics/scored.ts";
import type { SourceTree } from "../source/tree.ts";
import type { ArtifactStore } from "../stores/store.ts";

/** What user code is a part of: a model as its spec says it, and the files of its repository. */
export interface RunnableModel {
  name: string;
  /** The model's folder and its spec's path, relative to the repository's root. */
  folder: string;
  path: string;
  spec: ModelSpec;
  /** Where user code is exported from. */
  tree: SourceTree;
  /** Where a key stands in the spec. */
  position?(keys: readonly (string | number)[]): { line: number; column: number };
}

export interface RunDependencies {
  store: ArtifactStore;
  /** Where prepared environments and fetched data are kept; outside of the repository. */
  cache: string;
  /** The environment of this process: see userEnvironment for what of it user code gets. */
  caller: Readonly<Record<string, string | undefined>>;
  /** Variables of the caller that the policy lets a spec hand on, besides the harmless ones. */
  passable?: readonly string[] | undefined;
  /** Who runs user code. */
  executor: Executor;
  /** Where temporary folders are made. Default: the system's folder. */
  temporary?: string | undefined;
}

/** What the caller gets after scoring, to compare with what is live and to try the gates. */
export interface ScoredRun {
  scored: Scored;
  prepared: PreparedData;
  /** Without comparisons. */
  evaluation: Evaluation;
  /** A folder that goes away with the run, out of user code's way. */
  folder: string;
  signal: AbortSignal | undefined;
  /** Runs another version's own predict code on this run's features; resolves to the predictions' file. */
  predict(model: RunnableModel, artifact: Artifact): Promise<string>;
  /** Runs this model's own metrics on other predictions of the same rows; resolves to the scores' files by metric. */
  score(predictions: string): Promise<Record<string, string>>;
}

export interface RunRequest {
  model: RunnableModel;
  /** The folder that the repository's data lies in. */
  root: string;
  source: { commit?: string; dirty: boolean };
  /** From the default branch's own commit; otherwise the run is advisory. */
  binding: boolean;
  fingerprint: string;
  /** What was set on the command line in place of what the spec says: such a run is a try, and becomes no version. */
  tried?: readonly string[] | undefined;
  /** Pinned remote data. */
  lock?: DataLock | undefined;
  /** Where run folders are made: `.slipway/runs`. */
  runs: string;
  /** An earlier run's artifact, of an equal fingerprint: taken where the store still has it whole. */
  reuse?: { artifact: Artifact; run: string } | undefined;
  /** The files of a version that was imported, to be evaluated: nothing is trained. */
  given?: { artifact: Artifact; version: number } | undefined;
  /** The gates in force, the policy's floors included: their confidences and measured metrics are computed. */
  gates?: readonly Gate[] | undefined;
  /** Names of the policy's secrets, by stage. */
  secrets?: { train?: readonly string[] | undefined; predict?: readonly string[] | undefined } | undefined;
  /** Bootstrap resamples. Default 1,000. */
  resamples?: number | undefined;
  signal?: AbortSignal | undefined;
  /** User code's output as it comes. */
  onOutput?: ((text: string) => void) | undefined;
  /** Called when a step starts, and when it has ended. */
  onStep?: ((event: { step: StepResult["step"]; outcome: "started" } | StepResult) => void) | undefined;
  afterScore?:
    | ((run: ScoredRun) => Promise<{ comparisons: Comparison[]; gates: Record<string, GateResult[]> }>)
    | undefined;
}
