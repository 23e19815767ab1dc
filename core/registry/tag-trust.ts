import type { CommitId, Sha256 } from "../../schemas/names.ts";
import type { Signer } from "../../schemas/signer.ts";
import type { TagSignature } from "../../schemas/tag-signature.ts";
import type { GitObjects } from "../git/objects.ts";
import { lastAdded } from "./missing-tags.ts";
import { formatPath } from "./paths.ts";
import { signatureOf } from "./record-signatures.ts";
import type { RegistryTag } from "./registry-change.ts";
import { fetchTagsOf, remoteTagRefs } from "./remote.ts";
import { lastBeforeSigning } from "./verify-signatures.ts";

/** A tag, and the record that it follows from: its bytes' digest, and its blob. */
export interface TaggedBlob {
  tag: RegistryTag;
  digest: Sha256;
  blob: string;
}

/** Milliseconds: a tag that a remote lacks may be there later. */
const ASK_AGAIN = 60_000;

/**
 * What a tag and its signature say of a record, as `verify` would say it of the registry at `commit`. A remote's tag is fetched
 * where it is not here: it never moves.
 */
export function tagTrust(
  objects: GitObjects,
  remote: string | undefined,
): (commit: CommitId, record: TaggedBlob, signers: readonly Signer[]) => Promise<TagSignature> {
  const { repository, folder } = objects;
  const tagRefs = remote === undefined ? "refs/tags/" : remoteTagRefs(remote);
  const bring = remote === undefined ? undefined : together((models) => fetchTagsOf(repository, remote, models));
  let before: { key: string; commit: Promise<CommitId | undefined> } | undefined;

  async function isOlder(commit: CommitId, { tag, blob }: TaggedBlob, signers: readonly Signer[]): Promise<boolean> {
    const key = JSON.stringify([commit, signers]);
    if (before?.key !== key) before = { key, commit: lastBeforeSigning(folder, commit, signers) };
    const last = await before.commit;
    // Records are written once: what that commit has is from before.
    return last !== undefined && (await objects.read(`${last}:${tag.record}`))?.id === blob;
  }

  /** Whether an interrupted writer left it out: of what was published last alone. */
  async function isOwed(commit: CommitId, { tag }: TaggedBlob): Promise<boolean> {
    const last = await lastAdded(objects, commit);
    return last.some(({ added }) => added.some((path) => formatPath(path) === tag.record));
  }

  return async (commit, record, signers) => {
    const { tag, digest } = record;
    let found = await objects.read(tagRefs + tag.name);
    if (found === undefined && bring !== undefined) {
      await bring(tag.on.model, commit);
      found = await objects.read(tagRefs + tag.name);
    }
    const signature = signatureOf(found, tag, digest, signers);
    // Without its tag nothing says which bytes the record had.
    if (found === undefined && !(await isOwed(commit, record))) return { ...signature, state: "untrusted" };
    if (signature.state !== "unsigned" || signers.length === 0) return signature;
    if (await isOlder(commit, record, signers)) return signature;
    return { state: "untrusted", why: "it is not signed, and dates itself back" };
  };
}

/** Models that are asked for at the same time are fetched at once, and again only at another commit, or later. */
function together(fetch: (models: readonly string[]) => Promise<void>) {
  const asked = new Map<string, { at: number; done: Promise<void> }>();
  let next: { models: string[]; done: Promise<void> } | undefined;
  let last: CommitId | undefined;
  return (model: string, commit: CommitId): Promise<void> => {
    if (last !== commit) asked.clear();
    last = commit;
    const known = asked.get(model);
    if (known !== undefined && Date.now() - known.at < ASK_AGAIN) return known.done;
    if (next === undefined) {
      const models: string[] = [];
      const done = new Promise((resolve) => setImmediate(resolve)).then(() => {
        next = undefined;
        return fetch(models);
      });
      next = { models, done };
    }
    next.models.push(model);
    asked.set(model, { at: Date.now(), done: next.done });
    return next.done;
  };
}
