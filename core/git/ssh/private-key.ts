import { createPrivateKey, type KeyObject, sign } from "node:crypto";
import { type PublicKey, readPublicKey } from "./public-key.ts";
import { WireReader, wireString } from "./wire.ts";

/** A key that signs in this process. */
export interface PrivateKey {
  readonly publicKey: PublicKey;
  /** SSH's signature of the data: the algorithm's name, and what it made. */
  sign(data: Buffer): Buffer;
}

const MAGIC = "openssh-key-v1\0";
const PEM = /^-----BEGIN OPENSSH PRIVATE KEY-----\s([A-Za-z0-9+/=\s]+)\s-----END OPENSSH PRIVATE KEY-----$/;

/**
 * An Ed25519 key without a passphrase, as `ssh-keygen -t ed25519 -N ""` writes it (PROTOCOL.key of OpenSSH). Undefined for
 * all else; says nothing of its content.
 */
export function readSigningKey(text: string): PrivateKey | undefined {
  const base64 = PEM.exec(text.trim())?.[1];
  if (base64 === undefined) return undefined;
  try {
    const bytes = Buffer.from(base64, "base64");
    if (bytes.subarray(0, MAGIC.length).toString("latin1") !== MAGIC) return undefined;
    const outer = new WireReader(bytes.subarray(MAGIC.length));
    const [cipher, kdf] = [outer.string(), outer.string()].map(String);
    outer.string();
    if (cipher !== "none" || kdf !== "none" || outer.uint32() !== 1) return undefined;
    const publicKey = readPublicKey(outer.string());
    const inner = new WireReader(outer.string());
    // The same number twice: with a cipher it tells whether the passphrase was right.
    const [once, twice] = [inner.uint32(), inner.uint32()];
    if (once !== twice || publicKey?.type !== "ssh-ed25519") return undefined;
    const [type, x, secret] = [inner.string(), inner.string(), inner.string()];
    if (type.toString() !== "ssh-ed25519" || secret.length !== 64) return undefined;
    return signingKey(keyObject(x, secret.subarray(0, 32)), publicKey);
  } catch {
    return undefined;
  }
}

function keyObject(x: Buffer, seed: Buffer): KeyObject {
  const key = { kty: "OKP", crv: "Ed25519", x: x.toString("base64url"), d: seed.toString("base64url") };
  return createPrivateKey({ key, format: "jwk" });
}

function signingKey(key: KeyObject, publicKey: PublicKey): PrivateKey | undefined {
  const own: PrivateKey = {
    publicKey,
    sign: (data) => Buffer.concat([wireString("ssh-ed25519"), wireString(sign(null, data, key))]),
  };
  // The two halves may be of different keys: everybody would find its signatures forged.
  const tried = Buffer.from("slipway");
  return publicKey.verify(tried, own.sign(tried)) ? own : undefined;
}
