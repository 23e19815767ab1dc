import { createHash } from "node:crypto";
import type { PrivateKey } from "./private-key.ts";
import { type PublicKey, readPublicKey } from "./public-key.ts";
import { WireReader, wireString } from "./wire.ts";

/** What Git's signatures are for: one that was made for a file or a login says nothing of a tag. */
const NAMESPACE = "git";
const MAGIC = "SSHSIG";
const HASHES = ["sha256", "sha512"];
const MAX_ARMORED_BYTES = 32 * 1024;
const ARMOR = /^-----BEGIN SSH SIGNATURE-----\n((?:[A-Za-z0-9+/=]{1,200}\n)+)-----END SSH SIGNATURE-----\n?$/;

/** A signature that matches, and the key that made it; or in words why it says nothing. */
export type CheckedSignature = { key: PublicKey } | { wrong: string };

/** As `ssh-keygen -Y sign -n git` writes it (PROTOCOL.sshsig of OpenSSH). */
export function makeSignature(key: PrivateKey, payload: Buffer): string {
  const version = Buffer.from([0, 0, 0, 1]);
  const [namespace, reserved, hash] = [wireString(NAMESPACE), wireString(""), wireString("sha512")];
  const signature = key.sign(signedBytes(NAMESPACE, "sha512", payload));
  const blob = [version, wireString(key.publicKey.blob), namespace, reserved, hash, wireString(signature)];
  const base64 = Buffer.concat([Buffer.from(MAGIC), ...blob]).toString("base64");
  const lines = base64.match(/.{1,70}/g) as string[];
  return ["-----BEGIN SSH SIGNATURE-----", ...lines, "-----END SSH SIGNATURE-----", ""].join("\n");
}

/** As `ssh-keygen -Y check-novalidate -n git`: whose key it is, somebody else has to know. */
export function checkSignature(armored: Buffer, payload: Buffer): CheckedSignature {
  const base64 = armored.length > MAX_ARMORED_BYTES ? undefined : ARMOR.exec(armored.toString("latin1"))?.[1];
  const bytes = Buffer.from(base64 ?? "", "base64");
  // One way to write it: what differs in a bit is another one, and not taken.
  if (base64 === undefined || bytes.toString("base64") !== base64.replaceAll("\n", ""))
    return { wrong: "it is no SSH signature" };
  try {
    return checkBlob(bytes, payload);
  } catch (error) {
    if (error instanceof RangeError) return { wrong: "the signature is cut short" };
    throw error;
  }
}

function checkBlob(bytes: Buffer, payload: Buffer): CheckedSignature {
  const reader = new WireReader(bytes);
  if (reader.bytes(MAGIC.length).toString("latin1") !== MAGIC || reader.uint32() !== 1)
    return { wrong: "it is no SSH signature of version 1" };
  const key = readPublicKey(reader.string());
  const namespace = reader.string().toString("utf8");
  // Reserved for what a later version may say: it is not signed as such, and must not be believed.
  const reserved = reader.string();
  const hash = reader.string().toString("latin1");
  const signature = reader.string();
  if (reader.rest().length > 0 || reserved.length > 0) return { wrong: "the signature holds more than it should" };
  if (key === undefined) return { wrong: "its key is of a kind that is not read" };
  if (namespace !== NAMESPACE)
    return { wrong: `it was made for ${JSON.stringify(namespace.slice(0, 50))}, not for Git` };
  if (!HASHES.includes(hash)) return { wrong: "its digest is of a kind that is not read" };
  return key.verify(signedBytes(namespace, hash, payload), signature)
    ? { key }
    : { wrong: "the signature does not match what it stands under" };
}

function signedBytes(namespace: string, hash: string, payload: Buffer): Buffer {
  const digest = createHash(hash).update(payload).digest();
  const parts = [wireString(namespace), wireString(""), wireString(hash), wireString(digest)];
  return Buffer.concat([Buffer.from(MAGIC), ...parts]);
}
