import type { Signer } from "../../schemas/signer.ts";
import { SlipwayError } from "../errors.ts";
import type { SigningKey } from "../git/sign.ts";
import { partsOfTag, withSignature } from "../git/signed-tag.ts";
import type { ComposedTag } from "./compose.ts";
import { asksForSignature, judgeSignature, momentOf } from "./judge-signature.ts";

/** How a host signs the tags that it writes. */
export interface Signing {
  /** Asked when there is something to sign. */
  key(): Promise<SigningKey>;
  /** Whom the policy names, at the default branch's tip as it is here now. */
  signers(): Promise<readonly Signer[]>;
}

/**
 * The tags with signatures, where they have to be signed. What is signed is what follows from the records; whose signature
 * stands under it is not part of that. Rejects with SIGNING_FAILED; and with NOT_A_SIGNER where the policy names others: a
 * tag never moves, so one that nobody would trust could not be mended later.
 */
export async function signTags(tags: readonly ComposedTag[], signing: Signing | undefined): Promise<ComposedTag[]> {
  if (signing === undefined || tags.length === 0) return [...tags];
  const signers = await signing.signers();
  const { sign, always } = await signing.key();
  const due = tags.filter(({ object: { content } }) => {
    if (partsOfTag(content).signature !== undefined) return false;
    return signers.length === 0 ? always && sign !== undefined : asksForSignature(signers, momentOf(content));
  });
  if (due.length === 0) return [...tags];
  if (sign === undefined) throw notASigner(signers, `no key to sign ${(due[0] as ComposedTag).name} with`);
  const signatures = await sign(due.map(({ object }) => object.content));
  const signed = new Map(
    due.map(({ name, object }, at) => [name, { name, object: withSignature(object, signatures[at] as string) }]),
  );
  for (const { name, object } of signed.values()) {
    const { state, why } = judgeSignature(partsOfTag(object.content), signers);
    if (state !== "signed") throw notASigner(signers, `${name}: ${why}`);
  }
  return tags.map((tag) => signed.get(tag.name) ?? tag);
}

/** Whether a tag that is there is the one that is meant, whoever signed it. */
export function isSameTag(found: { type: string; content: Buffer }, meant: ComposedTag): boolean {
  return found.type === "tag" && partsOfTag(found.content).payload.equals(partsOfTag(meant.object.content).payload);
}

function notASigner(signers: readonly Signer[], found: string): SlipwayError {
  const names = [...new Set(signers.map(({ name }) => name))].join(", ");
  return new SlipwayError(
    "NOT_A_SIGNER",
    "The policy names who signs the registry's tags, and this is not one of them.",
    {
      expected: `a signature by ${names}`,
      found,
      hint: "Let one of them do it; or have the public key named under `signers` in slipway.yaml on the default branch, and sign with it (docs/signing.md).",
    },
  );
}
