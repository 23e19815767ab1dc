import type { Signer } from "../../schemas/signer.ts";
import type { SignedTag, TagSignature } from "../../schemas/tag-signature.ts";
import { sha256 } from "../canonical.ts";
import type { GitObject, GitObjects } from "../git/objects.ts";
import { partsOfTag } from "../git/signed-tag.ts";
import { composeTag } from "./compose.ts";
import { asksForSignature, judgeSignature } from "./judge-signature.ts";
import type { ModelPath } from "./kinds.ts";
import { MAX_RECORD_BYTES, parseRecord } from "./parse.ts";
import { formatPath } from "./paths.ts";
import type { RegistryTag } from "./registry-change.ts";
import { stageTag, versionTag } from "./tags.ts";

/** A record that a tag follows from. */
export type TaggedRecord = ModelPath & { kind: "version" | "decision" };

/**
 * What the signatures of the tags of these records say, as they stand at `commit`; nothing of a record that is not there or
 * has no tag. `tagRefs` is where tags are read. Three round trips to Git, however many there are.
 */
export async function recordSignatures(
  objects: GitObjects,
  { commit, tagRefs, signers }: { commit: string; tagRefs: string; signers: readonly Signer[] },
  records: readonly TaggedRecord[],
): Promise<SignedTag[]> {
  const contents = await objects.readMany(
    records.map((record) => `${commit}:${formatPath(record)}`),
    MAX_RECORD_BYTES,
  );
  const tags = records.flatMap((record, at) => {
    const content = contents[at]?.content;
    const tag = content && tagOf(record, content, commit);
    return tag === undefined ? [] : [{ tag, digest: sha256(content as Buffer) }];
  });
  const found = await objects.readMany(tags.map(({ tag }) => tagRefs + tag.name));
  return tags.map(({ tag, digest }, at) => {
    const { name, on, stage } = tag;
    return { tag: name, ...on, ...(stage && { stage }), ...signatureOf(found[at], tag, digest, signers) };
  });
}

function tagOf(record: TaggedRecord, content: Buffer, commit: string): (RegistryTag & { stage?: string }) | undefined {
  const path = formatPath(record);
  if (record.kind === "version") return versionTag(parseRecord("version", content, path, commit));
  const decision = parseRecord("decision", content, path, commit);
  const tag = stageTag(decision);
  return tag && { ...tag, stage: decision.stage };
}

/** What a tag as it was found says of the record with this digest. */
export function signatureOf(
  found: GitObject | undefined,
  tag: RegistryTag,
  digest: string,
  signers: readonly Signer[],
): TagSignature {
  if (found === undefined) {
    const asked = asksForSignature(signers, Date.parse(tag.at) / 1000);
    return { state: asked ? "untrusted" : "unsigned", why: "its tag is not there" };
  }
  const parts = partsOfTag(found.content);
  const on = /^object ([0-9a-f]{40})\n/.exec(parts.payload.toString("latin1"))?.[1];
  const meant = on && composeTag(tag, on, digest).object.content;
  if (found.type !== "tag" || !meant || !parts.payload.equals(meant))
    return { state: "forged", why: "the tag says something else than its record" };
  return judgeSignature(parts, signers);
}
