import type { SignedTag, TagSignature } from "../../schemas/tag-signature.ts";

/** The worst comes first: it is what has to be seen. */
const WORST: readonly TagSignature["state"][] = ["forged", "untrusted", "unsigned", "signed"];

/** A cell for several tags: who signed them, or the worst that is to be said of one. */
export function signedBy(tags: readonly SignedTag[]): string {
  const state = WORST.find((each) => tags.some((tag) => tag.state === each));
  if (state === undefined) return "–";
  if (state !== "signed") return state === "forged" ? "FORGED" : state;
  return [...new Set(tags.map(({ by, key = "" }) => by ?? key.slice(0, 15)))].join(", ");
}

/** One tag's signature, in words. */
export function signatureWords({ state, by, key, why }: TagSignature): string {
  if (state === "signed") return by === undefined ? `signed with ${key}` : `signed by ${by}, ${key}`;
  return why === undefined ? state : `${state}: ${why}`;
}
