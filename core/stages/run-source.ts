import type { DataSet } from "../../schemas/data-record.ts";
import type { Artifact, Manifest } from "../../schemas/manifest.ts";
import type { BlobId, CommitId, StageName, Timestamp, VersionNumber } from "../../schemas/names.ts";
import type { StoreChoice } from "../../schemas/policy.ts";
import type { Problem } from "../../schemas/problem.ts";
import type { RowSketch } from "../../schemas/row-sketch.ts";
import type { TrainedArtifact } from "../../schemas/trained-artifact.ts";
import type { PreparedData } from "../data/prepare.ts";
import type { StageGate } from "../gates/evaluate-gates.ts";
import type { TryMade } from "../ledger/charge.ts";
import type { Scored } from "../metrics/scored.ts";
import type { FingerprintInputs } from "../plan/fingerprint.ts";
import type { ReadableStore } from "../stores/near-first.ts";
import type { ArtifactStore } from "../stores/store.ts";
import type { DataAt } from "./data-at.ts";
import type { RunnableModel } from "./runnable-model.ts";

/** A model that is run, and what holds for it. */
export interface LoadedRun {
  model: RunnableModel;
  specBlob: BlobId;
  /** Why it may not run here. */
  problems: readonly Problem[];
  /** Its own commit's gates. */
  gates: readonly StageGate[];
  /** Those of the default branch's tip, where they are others. */
  deciding?: { commit: CommitId; gates: readonly StageGate[] } | undefined;
  /** Both: what an evaluation has to answer. */
  asked: readonly StageGate[];
  /** The deciding policy's `tries`. */
  budget: number | undefined;
  /** Variables of the caller that a spec may name. */
  pass: readonly string[];
  /** Names of secrets, by stage. */
  secrets: { train: readonly string[]; predict: readonly string[] };
  /** The files of a version that was imported: nothing is trained. */
  given?: { artifact: Artifact; version: VersionNumber } | undefined;
  /** Where the bytes of versions and of what may be reused are read. */
  store: ReadableStore;
  /** The deciding policy's store: data in the same bucket or registry are reached as it is. */
  policyStore?: StoreChoice | undefined;
  /** The address of the store that the stage `store` brings the run's bytes to. */
  storeAddress?: StoreChoice | undefined;
}

/** An artifact that need not be trained again; where its bytes are, if not in the store of versions. */
export interface Reusable extends Pick<TrainedArtifact, "fingerprint" | "artifact" | "run"> {
  from?: Pick<ArtifactStore, "getFolder">;
}

/** The versions that a run is compared with: what is in each stage, and what its report is read against. */
export interface Compared {
  stages: readonly { stage: StageName; live: Manifest | undefined }[];
  production: Manifest | undefined;
}

/**
 * The repository as a run has it, for the stages that see it: a work tree or a commit, its labels, its registry and the store
 * of its versions. What is read of the run itself is read once, however many stages ask.
 */
export interface RunSource {
  /** Absent for a work tree without a commit. */
  commit: CommitId | undefined;
  /** The default branch's own commit is run. */
  binding: boolean;
  /** Rejects with SPEC_INVALID, MODEL_UNKNOWN or POLICY_INVALID. */
  load(): Promise<LoadedRun>;
  /** Rejects as fingerprintInputs does. */
  inputs(): Promise<FingerprintInputs>;
  /** The model's rows, without the labels that `data.labels` names: no byte of those is read. Rejects as prepareData does. */
  data(): Promise<DataAt>;
  /** The same with the test rows' labels, wherever they are: only what scores asks. Rejects as prepareData does. */
  labelled(): Promise<DataAt>;
  /** Why labels at these paths and URIs are not sealed from this run's user code; undefined: they are. */
  whyNotSealed(labels: readonly string[]): Promise<string | undefined>;
  /** As the registry has it now. */
  compared(): Promise<Compared>;
  /** The tries that count for a test set, as the registry has them now. */
  tries(test: DataSet, sketch: RowSketch | undefined): Promise<readonly TryMade[]>;
  /** A version's kept predictions on these rows; undefined where they are of other rows, gone, or do not fit any more. */
  kept(version: Manifest, rows: PreparedData): Promise<Scored | undefined>;
  /** A version's model at its own commit. */
  modelOf(version: Manifest): Promise<RunnableModel>;
  /** Artifacts of earlier runs with these inputs, whatever the machine that trained them. `fingerprint` is this machine's. */
  reusable(fingerprint: string): Promise<readonly Reusable[]>;
  /** When the commit was made, as it says itself; undefined for a work tree. */
  committedAt?(): Promise<Timestamp | undefined>;
  /** Why the default branch's run could not bring what this one makes into a store; undefined if nothing speaks against it. */
  storeProblem?(): Promise<Problem | undefined>;
  /** Takes the repository out of user code's reach. What is asked later than this is refused. */
  leave?(): Promise<void>;
}
