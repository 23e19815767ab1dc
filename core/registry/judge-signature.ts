import type { Signer } from "../../schemas/signer.ts";
import type { TagSignature } from "../../schemas/tag-signature.ts";
import type { TagParts } from "../git/signed-tag.ts";
import { checkSignature } from "../git/ssh/signature.ts";

/** When the policy begins to ask for signatures, in Unix seconds: before, none of its keys was valid. Undefined: it asks for none. */
export function signedSince(signers: readonly Signer[]): number | undefined {
  if (signers.length === 0) return undefined;
  return Math.min(...signers.map((signer) => secondsOf(signer["valid-after"]) ?? 0));
}

/** Whether the policy asks for a signature on a tag of this moment, in Unix seconds. */
export function asksForSignature(signers: readonly Signer[], at: number): boolean {
  return at >= (signedSince(signers) ?? Number.POSITIVE_INFINITY);
}

/**
 * What a tag's signature says. Its key counts at the tag's own moment, so a key that was replaced since keeps what it
 * signed; one that is named no more has signed nothing. `asked`: whether it has to be signed, where somebody knows better than
 * its own moment tells.
 */
export function judgeSignature(
  { payload, signature }: TagParts,
  signers: readonly Signer[],
  asked = asksForSignature(signers, momentOf(payload)),
): TagSignature {
  if (signature === undefined) return asked ? { state: "untrusted", why: "it is not signed" } : { state: "unsigned" };
  if (!signature.toString("latin1").startsWith("-----BEGIN SSH SIGNATURE-----"))
    return { state: "untrusted", why: "its signature is not one of an SSH key" };
  const checked = checkSignature(signature, payload);
  if ("wrong" in checked) return { state: "forged", why: checked.wrong };
  const key = checked.key.fingerprint;
  if (signers.length === 0) return { state: "signed", key };
  const named = signers.filter((signer) => keyBytes(signer).equals(checked.key.blob));
  const valid = named.find((signer) => isValid(signer, momentOf(payload)));
  if (valid !== undefined) return { state: "signed", by: valid.name, key };
  const [other] = named;
  if (other === undefined) return { state: "untrusted", key, why: `the policy names no key ${key}` };
  return { state: "untrusted", by: other.name, key, why: `${other.name}'s key was not valid at its moment` };
}

/** The policy was checked when it was read: it is a key, and only its bytes are of interest. */
function keyBytes({ key }: Signer): Buffer {
  return Buffer.from(key.trim().split(/\s+/)[1] ?? "", "base64");
}

function isValid(signer: Signer, at: number): boolean {
  const [after, before] = [secondsOf(signer["valid-after"]), secondsOf(signer["valid-before"])];
  return (after === undefined || at >= after) && (before === undefined || at <= before);
}

/** The tagger's time, in Unix seconds. */
export function momentOf(payload: Buffer): number {
  const head = payload.toString("utf8").split("\n\n", 1)[0] as string;
  return Number(/^tagger .* (\d+) [+-]\d{4}$/m.exec(head)?.[1] ?? 0);
}

function secondsOf(moment: string | undefined): number | undefined {
  return moment === undefined ? undefined : Date.parse(moment) / 1000;
}
