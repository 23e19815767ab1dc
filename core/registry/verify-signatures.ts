import type { Signer } from "../../schemas/signer.ts";
import type { TagSignature } from "../../schemas/tag-signature.ts";
import type { GitObjects } from "../git/objects.ts";
import { git } from "../git/run.ts";
import { partsOfTag, type TagParts } from "../git/signed-tag.ts";
import type { Finding } from "./finding.ts";
import { judgeSignature, signedSince } from "./judge-signature.ts";
import type { OwedTag } from "./owed-tag.ts";

export type SignatureCounts = Record<TagSignature["state"], number>;

/** Whom the policy names, and the commits from before it named anybody. */
export interface TrustedSigners {
  signers: readonly Signer[];
  before: ReadonlySet<string>;
}

const CHUNK = 1_000;

/**
 * The tags that are the ones that follow from the records (`same`, by name), signed or not, and what is wrong with their
 * signatures. `found` says by name which object is there.
 */
export async function verifySignatures(
  objects: GitObjects,
  expected: readonly OwedTag[],
  found: ReadonlyMap<string, { id: string }>,
  { signers, before }: TrustedSigners,
): Promise<{ same: Set<string>; findings: Finding[]; signatures: SignatureCounts }> {
  const same = new Set<string>();
  const findings: Finding[] = [];
  const signatures: SignatureCounts = { signed: 0, unsigned: 0, untrusted: 0, forged: 0 };
  const take = (tag: OwedTag, parts: TagParts) => {
    if (!parts.payload.equals(tag.object.content)) return;
    same.add(tag.name);
    const signature = judgeSignature(parts, signers, signers.length > 0 && !before.has(tag.by));
    signatures[signature.state] += 1;
    findings.push(...findingOf(tag, signature));
  };
  const signed = expected.filter((tag) => {
    const id = found.get(tag.name)?.id;
    // The bytes are known by their id: there is no signature among them.
    if (id === tag.object.id) take(tag, { payload: tag.object.content, signature: undefined });
    return id !== undefined && id !== tag.object.id;
  });
  for (let from = 0; from < signed.length; from += CHUNK) {
    const chunk = signed.slice(from, from + CHUNK);
    const read = await objects.readMany(chunk.map(({ name }) => found.get(name)?.id as string));
    for (const [at, tag] of chunk.entries()) {
      const there = read[at];
      if (there?.type === "tag") take(tag, partsOfTag(there.content));
    }
  }
  return { same, findings, signatures };
}

/**
 * The commits up to `tip` from before the policy asked for signatures: those that come before the first one of a later
 * moment, whatever moment they say themselves. Who cannot sign cannot date a record back and leave its signature out.
 */
export async function commitsBeforeSigning(
  folder: string,
  tip: string,
  signers: readonly Signer[],
): Promise<ReadonlySet<string>> {
  return new Set(await listBeforeSigning(folder, tip, signers));
}

/** The last of these commits: the records that it has are from before. */
export async function lastBeforeSigning(
  folder: string,
  tip: string,
  signers: readonly Signer[],
): Promise<string | undefined> {
  return (await listBeforeSigning(folder, tip, signers)).at(-1);
}

async function listBeforeSigning(folder: string, tip: string, signers: readonly Signer[]): Promise<string[]> {
  const since = signedSince(signers);
  if (since === undefined || since === 0) return [];
  const output = await git(folder, ["rev-list", "--first-parent", "--reverse", "--timestamp", tip, "--"]);
  const commits = output.toString().split("\n").filter(Boolean);
  const first = commits.findIndex((line) => Number.parseInt(line, 10) >= since);
  return (first < 0 ? commits : commits.slice(0, first)).map((line) => line.slice(line.indexOf(" ") + 1));
}

function findingOf(tag: OwedTag, { state, why = "" }: TagSignature): Finding[] {
  if (state === "signed" || state === "unsigned") return [];
  const about = { ref: `refs/tags/${tag.name}`, commit: tag.by, found: why };
  if (state === "forged")
    return [
      {
        ...about,
        code: "TAG_FORGED",
        message: `The tag ${tag.name} has a signature that is wrong.`,
        hint: "Somebody made it without the key. Find out who pushed it, and protect the tags; register or promote again.",
      },
    ];
  return [
    {
      ...about,
      code: "TAG_UNTRUSTED",
      message: `The tag ${tag.name} is not signed by anybody whom the policy names.`,
      hint: "A tag never moves. Where its key is to be trusted, name it under `signers` in slipway.yaml, or begin later (`valid-after`); otherwise register or promote again (docs/signing.md).",
    },
  ];
}
