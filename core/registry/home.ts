import type { CommitId } from "../../schemas/names.ts";
import type { ComposedChange, ComposedTag } from "./compose.ts";
import type { RegistryTag } from "./registry.ts";

/** Acts that follow one another, at least one, each composed on the one before. */
export interface Group {
  /** What the first of them was decided on. */
  parent: CommitId | undefined;
  changes: readonly ComposedChange[];
}

export type VersionName = RegistryTag["on"];

/** Where a registry's branch and tags are kept: in the repository itself, or on a remote. */
export interface Home {
  /** Below which ref its tags are read here. */
  readonly tagRefs: string;
  /** The newest commit of the branch. */
  tip(): Promise<CommitId | undefined>;
  /** The commit that added a version, where that is known without its tag. */
  knownCommit?(version: VersionName): CommitId | undefined;
  /** Brings here the tags of these versions, where their commits are not known. */
  bringTags?(versions: readonly VersionName[]): Promise<void>;
  /** As `Registry.publish`. */
  publish(group: Group): Promise<void>;
  /** As `Registry.complete`. */
  complete(): Promise<void>;
}

export function tipOf({ changes }: Group): CommitId {
  return (changes.at(-1) as ComposedChange).commit;
}

export function tagsOf({ changes }: Group): ComposedTag[] {
  return changes.flatMap(({ tags }) => tags);
}
