import { type EncodedObject, encodeObject } from "./encode.ts";

/** Where Git finds a signature: the last line that begins so. */
const MARKS = ["SSH SIGNATURE", "PGP SIGNATURE", "PGP MESSAGE", "SIGNED MESSAGE"].map(
  (what) => `-----BEGIN ${what}-----`,
);

/** A tag's bytes: what a signature is about, and the signature, if there is one. */
export interface TagParts {
  payload: Buffer;
  signature: Buffer | undefined;
}

/** The tag with an armored signature behind it, as `git tag -s` writes it. */
export function withSignature({ content }: EncodedObject, armored: string): EncodedObject {
  return encodeObject("tag", Buffer.concat([content, Buffer.from(armored)]));
}

/** As Git takes a tag apart. */
export function partsOfTag(content: Buffer): TagParts {
  const found = Math.max(...MARKS.map((mark) => content.lastIndexOf(`\n${mark}`)));
  if (found < 0) return { payload: content, signature: undefined };
  return { payload: content.subarray(0, found + 1), signature: content.subarray(found + 1) };
}
