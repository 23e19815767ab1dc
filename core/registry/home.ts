import type { CommitId } from "../../schemas/names.ts";
import type { ComposedChange, ComposedTag } from "./compose.ts";
import type { RegistryChange } from "./registry.ts";

/** Acts that follow one another, at least one, each composed on the one before. */
export interface Group {
  /** What the first of them was decided on. */
  parent: CommitId | undefined;
  changes: readonly ComposedChange[];
}

/** Where a registry's branch and tags are kept: in the repository itself, or on a remote. */
export interface Home {
  /** Below which ref its tags are read here. */
  readonly tagRefs: string;
  /** The newest commit of the branch. */
  tip(): Promise<CommitId | undefined>;
  /** The commit that added a version, where that is known without its tag. */
  knownCommit?(version: { model: string; version: number }): CommitId | undefined;
  /** Brings here the tags that composing a change asks for; `known` are commits of versions that need none. */
  bringTags?(change: RegistryChange, known: ReadonlyMap<string, CommitId>): Promise<void>;
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
