import type { CommitId } from "../../schemas/names.ts";
import type { EncodedObject } from "../git/encode.ts";
import type { ComposedChange, ComposedTag } from "./compose.ts";
import type { RegistryTag } from "./registry-change.ts";
import { type Signing, signTags } from "./sign-tags.ts";

/** Acts that follow one another, at least one, each composed on the one before. */
export interface Group {
  /** What the first of them was decided on. */
  parent: CommitId | undefined;
  changes: readonly ComposedChange[];
}

export type VersionName = RegistryTag["on"];

/** Where a registry's branch and tags are kept: in the repository itself, or on a remote. */
export interface RegistryBackend {
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

/** What has to be written before anything points at it. */
export function objectsOf({ changes }: Group): EncodedObject[] {
  return changes.flatMap(({ objects, tags }) => [...objects, ...tags.map(({ object }) => object)]);
}

/** Every tag of it signed, as `signTags` does. */
export async function signedGroup(group: Group, signing: Signing | undefined): Promise<Group> {
  const signed = new Map((await signTags(tagsOf(group), signing)).map((tag) => [tag.name, tag]));
  const changes = group.changes.map((change) => ({
    ...change,
    tags: change.tags.map((tag) => signed.get(tag.name) ?? tag),
  }));
  return { ...group, changes };
}
