import type { Manifest } from "../../schemas/manifest.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { BlobId, CommitId, Sha256 } from "../../schemas/names.ts";
import type { VersionEvaluation } from "../../schemas/version-evaluation.ts";
import type { ModelPath, PathOf, RecordKind, RecordOf } from "./kinds.ts";
import type { RegistryChange } from "./registry-change.ts";

/** The registry at one commit: what it says never changes while it is held. */
export interface RegistrySnapshot {
  /** Undefined where nothing was ever registered. */
  readonly commit: CommitId | undefined;
  /** The folder's name of the model that is called so, or ever was: what every other question asks by. */
  find(name: string): Promise<string | undefined>;
  /** Every name that is not a folder's: what models are, or ever were, called otherwise. */
  displayNames(): Promise<string[]>;
  /** Folders' names, among them each that looks like this one. */
  lookalikes(name: string): Promise<string[]>;
  /** Model names in order, at most `limit` after `after`. */
  models(page?: { after?: string | undefined; limit?: number }): Promise<string[]>;
  model(name: string): Promise<ModelRecord | undefined>;
  /** Version numbers, ascending. */
  versions(name: string): Promise<number[]>;
  manifest(name: string, version: number): Promise<{ manifest: Manifest; blob: BlobId } | undefined>;
  /** The record at a path; undefined where there is none. */
  read<Kind extends RecordKind>(at: PathOf<Kind>): Promise<RecordOf<Kind> | undefined>;
  /** Every record of a kind about a model, oldest first: of those whose path is `wanted`. */
  list<Kind extends ModelPath["kind"]>(
    kind: Kind,
    model: string,
    wanted?: (at: PathOf<Kind>) => boolean,
  ): Promise<RecordOf<Kind>[]>;
  /** The newest evaluation of a version that was imported. */
  lastEvaluation(name: string, version: number): Promise<{ record: VersionEvaluation; blob: BlobId } | undefined>;
  /** The digest of every test set that was tried. */
  testSets(): Promise<Sha256[]>;
  /** The tries of a test set, oldest first; or what other sets it shares rows with. */
  listOfTestSet<Kind extends "try" | "overlap">(kind: Kind, test: Sha256): Promise<RecordOf<Kind>[]>;
  /** Whether the text with this id is kept, of a policy or a spec that a decision used. */
  hasSource(blob: BlobId): Promise<boolean>;
}

export interface Registry {
  /** The newest state; for a remote one, after fetching it. */
  snapshot(): Promise<RegistrySnapshot>;
  /**
   * The state that would follow from a change, in memory alone: what the next act of a group is decided on. Rejects with
   * REGISTRY_CORRUPT where it would write over a record that is written once, with REGISTRY_FROM_FUTURE where that state is
   * dated later than the change.
   */
  draft(change: RegistryChange, on: RegistrySnapshot): Promise<RegistrySnapshot>;
  /**
   * Publishes everything that was drafted up to this state, in one go, a commit for each change: compare-and-swap, which
   * rejects with REGISTRY_MOVED unless the branch still points where the first of them began. The branch's update is the
   * commit point; tags that an interrupted writer left out are completed first.
   */
  publish(drafted: RegistrySnapshot): Promise<CommitId>;
  /**
   * Completes the tags that an interrupted writer left out: what `publish` does first, for acts with nothing to publish.
   * Where nothing was registered yet, it rejects with NAME_TAKEN if the branch cannot be made.
   */
  complete(): Promise<void>;
}
