import type { ModelRecord } from "../../schemas/model-record.ts";
import type { CommitId } from "../../schemas/names.ts";
import type { Signer } from "../../schemas/signer.ts";
import type { SignedTag } from "../../schemas/tag-signature.ts";
import { SlipwayError } from "../errors.ts";
import type { GitObjects } from "../git/objects.ts";
import { recordSignatures, type TaggedRecord } from "../registry/record-signatures.ts";
import { fetchTags, remoteTagRefs } from "../registry/remote.ts";
import { currentSigners } from "./signers.ts";

/** What is shown of a model: its record, and which of its versions beside those that are in a stage. */
export interface ShownVersions {
  record: ModelRecord;
  versions: readonly number[];
}

/**
 * What is to be said of the signatures of these versions' tags, and of the tags that put versions into the stages they are in.
 * Undefined where nothing is: none is signed and the policy names nobody, or it cannot be read.
 */
export async function signaturesOf(
  { objects, remote }: { objects: GitObjects; remote: string | undefined },
  commit: CommitId | undefined,
  shown: readonly ShownVersions[],
): Promise<SignedTag[] | undefined> {
  if (commit === undefined || shown.length === 0) return undefined;
  const signers = await readable(currentSigners({ objects, remote }));
  if (signers === undefined) return undefined;
  if (remote !== undefined) {
    const patterns = shown.flatMap(({ record: { name } }) => [`${name}@*`, `${name}#*`]);
    await fetchTags(objects.repository, remote, patterns);
  }
  const tagRefs = remote === undefined ? "refs/tags/" : remoteTagRefs(remote);
  const found = await recordSignatures(objects, { commit, tagRefs, signers }, shown.flatMap(recordsOf));
  return signers.length > 0 || found.some(({ state }) => state !== "unsigned") ? found : undefined;
}

function recordsOf({ record: { name: model, stages }, versions }: ShownVersions): TaggedRecord[] {
  const assigned = Object.values(stages);
  const all = new Set([...versions, ...assigned.map(({ version }) => version)].filter((version) => version > 0));
  return [
    ...[...all].map((version): TaggedRecord => ({ kind: "version", model, version })),
    ...assigned.map(({ decision: id }): TaggedRecord => ({ kind: "decision", model, id })),
  ];
}

async function readable(asked: Promise<readonly Signer[]>): Promise<readonly Signer[] | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof SlipwayError && error.kind === "input") return undefined;
    throw error;
  }
}
