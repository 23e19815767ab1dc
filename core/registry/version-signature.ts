import type { CommitId, VersionNumber } from "../../schemas/names.ts";
import type { Signer } from "../../schemas/signer.ts";
import type { TagSignature } from "../../schemas/tag-signature.ts";
import type { GitObjects } from "../git/objects.ts";
import { lastAdded, tagsOwed } from "./missing-tags.ts";
import { recordSignatures } from "./record-signatures.ts";
import { fetchTags, remoteTagRefs } from "./remote.ts";
import { formatTag } from "./tags.ts";
import { commitsBeforeSigning } from "./verify-signatures.ts";

/**
 * What the signature of a version's own tag says, as `verify` would, for whoever is about to rely on it. Undefined where the
 * tag is not there yet and the next publishing writes it. `commit` is the registry as it is published. A remote's tag is
 * fetched where it is not here: it never moves.
 */
export async function versionSignature(
  objects: GitObjects,
  { commit, remote, signers }: { commit: CommitId; remote: string | undefined; signers: readonly Signer[] },
  { model, version }: { model: string; version: VersionNumber },
): Promise<TagSignature | undefined> {
  const tagRefs = remote === undefined ? "refs/tags/" : remoteTagRefs(remote);
  const name = formatTag({ kind: "version", model, version });
  const isHere = async () => (await objects.read(tagRefs + name)) !== undefined;
  if (remote !== undefined && !(await isHere()))
    await fetchTags(objects.repository, remote, [`${model}@*`, `${model}#*`]);
  if (!(await isHere())) {
    const owed = await tagsOwed(objects, await lastAdded(objects, commit), tagRefs);
    if (owed.some((tag) => tag.name === name)) return undefined;
  }
  const [signature] = await recordSignatures(objects, { commit, tagRefs, signers }, [
    { kind: "version", model, version },
  ]);
  if (signature?.state !== "unsigned") return signature;
  const on = (await objects.read(`${tagRefs}${name}^{commit}`))?.id;
  const before = on === undefined ? undefined : await commitsBeforeSigning(objects.folder, on, signers);
  return before?.has(on as string) ? signature : { state: "untrusted", why: "it is not signed, and dates itself back" };
}
