import type { Sha256 } from "../../schemas/names.ts";
import { sha256 } from "../canonical.ts";
import { SlipwayError } from "../errors.ts";
import { composeCommit, present } from "../git/compose-commit.ts";
import { type EncodedObject, encodeTag } from "../git/encode.ts";
import type { GitObjects } from "../git/objects.ts";
import { git } from "../git/run.ts";
import { refuseFuture } from "./commit-times.ts";
import type { RecordPath } from "./kinds.ts";
import { formatMessage } from "./message.ts";
import { MAX_RECORD_BYTES, parseRecord } from "./parse.ts";
import { formatPath, isMutable, parsePath } from "./paths.ts";
import type { RegistryChange, RegistryTag } from "./registry-change.ts";
import { formatTag, isTagged, tagsFollowing } from "./tags.ts";

/** A tag as an object, and the ref that it belongs under. */
export interface ComposedTag {
  name: string;
  object: EncodedObject;
}

/** A change as objects, nothing written yet. */
export interface ComposedChange {
  commit: string;
  tags: ComposedTag[];
  /** The commit, its trees and blobs. */
  objects: EncodedObject[];
  /** The versions that it adds, as `model@version`. */
  adds: string[];
}

export interface ComposeOptions {
  /** The change's place among those that are published in one go, from 1. */
  place?: number;
  /** The commit that added a version, where it is known without a tag. */
  knownCommit?: (version: { model: string; version: number }) => string | undefined;
}

/**
 * The commit and tags of a change on top of `parent`. Rejects with REGISTRY_CORRUPT where it would write
 * over a record that is written once, and with REGISTRY_FROM_FUTURE. `tagRefs` is where tags are read.
 */
export async function composeChange(
  objects: GitObjects,
  change: RegistryChange,
  parent: string | undefined,
  tagRefs: string,
  { place = 1, knownCommit }: ComposeOptions = {},
): Promise<ComposedChange> {
  if (parent !== undefined) await refuseFuture(objects, parent, change);
  const paths = change.files.map(({ path }) => path);
  const { commit, objects: composed } = await composeCommit(objects, {
    parent,
    files: change.files,
    author: change.author,
    at: change.at,
    message: formatMessage(change, place),
    once: new Set(paths.filter((path) => !isMutable(parsePath(path)))),
  });
  const added = new Set(paths);
  const adds = paths.flatMap((path) => {
    const record = parsePath(path);
    return record?.kind === "version" ? [`${record.model}@${record.version}`] : [];
  });
  const tags: ComposedTag[] = [];
  for (const tag of change.tags) {
    const here = added.has(formatPath({ kind: "version", ...tag.on }));
    const on = here ? commit : await versionCommit(objects, tag.on, parent as string, tagRefs, knownCommit);
    const followed = change.files.find(({ path }) => path === tag.record);
    if (followed === undefined) throw new Error(`the tag ${tag.name} follows from ${tag.record}, which is not written`);
    tags.push(composeTag(tag, on, sha256(followed.content)));
  }
  return { commit, tags, objects: composed, adds };
}

/** The tags that follow from the records which a commit added: what its writer owes. */
export async function tagsOwedBy(
  objects: GitObjects,
  commit: string,
  added: readonly RecordPath[],
  tagRefs: string,
  knownCommit?: ComposeOptions["knownCommit"],
): Promise<ComposedTag[]> {
  const owed: ComposedTag[] = [];
  for (const record of added) {
    const { kind } = record;
    if (!isTagged(kind)) continue;
    const path = formatPath(record);
    const { content } = await present(objects, `${commit}:${path}`);
    for (const tag of tagsFollowing(kind, parseRecord(kind, content, path, commit))) {
      const on = kind === "version" ? commit : await versionCommit(objects, tag.on, commit, tagRefs, knownCommit);
      owed.push(composeTag(tag, on, sha256(content)));
    }
  }
  return owed;
}

/** `digest` is the SHA-256 of the record that the tag follows from: its commit says less of a decision, and by SHA-1. */
export function composeTag({ message, ...tag }: RegistryTag, on: string, digest: Sha256): ComposedTag {
  const record = `Slipway-Record: ${tag.record} sha256:${digest}`;
  return { name: tag.name, object: encodeTag({ ...tag, message: `${message}\n\n${record}`, object: on }) };
}

/** The commit that added a version's manifest, through its tag; the tag is not believed, but checked. */
async function versionCommit(
  objects: GitObjects,
  version: { model: string; version: number },
  tip: string,
  tagRefs: string,
  knownCommit?: ComposeOptions["knownCommit"],
): Promise<string> {
  const path = formatPath({ kind: "version", ...version });
  const name = formatTag({ kind: "version", ...version });
  const tagged = await objects.read(`${tagRefs}${name}^{commit}`, MAX_RECORD_BYTES);
  const found = tagged?.id ?? knownCommit?.(version) ?? (await commitAdding(objects.folder, path, tip));
  const asked = [tip, found, `${found}^`].map((commit) => `${commit}:${path}`);
  const [now, then, before] = await objects.readMany(asked, MAX_RECORD_BYTES);
  if (now === undefined || then?.id !== now.id || before !== undefined)
    throw new SlipwayError("REGISTRY_CORRUPT", `The tag ${name} is not on the commit that added ${path}.`, {
      found: found || "no such commit",
      hint: `Delete the tag (\`git tag -d '${name}'\`, and on the remote), then run \`slipway verify\`.`,
    });
  return found;
}

async function commitAdding(folder: string, path: string, tip: string): Promise<string> {
  const output = await git(folder, [
    ...["log", "--first-parent", "--no-renames", "--diff-filter=A", "--format=%H", "-1", tip, "--"],
    path,
  ]);
  return output.toString().trim();
}
