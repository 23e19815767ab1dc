import { createHash, createPublicKey, type JsonWebKey, type KeyObject, verify } from "node:crypto";
import { padded, positive, WireReader } from "./wire.ts";

/** A key that signatures are checked with. */
export interface PublicKey {
  /** ssh-ed25519, ssh-rsa … */
  readonly type: string;
  /** As it is in signatures, agents and `authorized_keys`. */
  readonly blob: Buffer;
  /** As `ssh-keygen -l` shows it: SHA256:… */
  readonly fingerprint: string;
  /** `signature` is SSH's: the algorithm's name, and what it made. */
  verify(data: Buffer, signature: Buffer): boolean;
}

/** The keys that are read, as `ssh-keygen -t` makes them. */
export const KEY_TYPES =
  "ssh-ed25519, ecdsa-sha2-nistp256/384/521, ssh-rsa of 2048 bits or more, or sk-… of a security key";

const MAX_KEY_BYTES = 16 * 1024;
const MIN_RSA_BYTES = 256;
const CURVES: Readonly<Record<string, { crv: string; bytes: number; hash: string }>> = {
  nistp256: { crv: "P-256", bytes: 32, hash: "sha256" },
  nistp384: { crv: "P-384", bytes: 48, hash: "sha384" },
  nistp521: { crv: "P-521", bytes: 66, hash: "sha512" },
};

/** `ssh-ed25519 AAAA… comment`, as a `.pub` file has it. Undefined for what is no key, or of a kind that is not read. */
export function parsePublicKey(text: string): PublicKey | undefined {
  const [, type, base64 = ""] = /^\s*([a-z0-9@.-]+) ([A-Za-z0-9+/]+={0,2})(?:\s[^\n]*)?$/.exec(text) ?? [];
  const key = readPublicKey(Buffer.from(base64, "base64"));
  return key?.type === type ? key : undefined;
}

/** The inverse of parsePublicKey, without a comment. */
export function publicKeyLine({ type, blob }: PublicKey): string {
  return `${type} ${blob.toString("base64")}`;
}

/** A key's bytes. Undefined for what is no key, or of a kind that is not read. */
export function readPublicKey(blob: Buffer): PublicKey | undefined {
  if (blob.length > MAX_KEY_BYTES) return undefined;
  try {
    const reader = new WireReader(blob);
    const type = reader.string().toString("latin1");
    const check = checkOf(type, reader);
    if (check === undefined || reader.rest().length > 0) return undefined;
    const fingerprint = `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
    return {
      ...{ type, blob, fingerprint },
      verify(data, signature) {
        try {
          return check(data, signature);
        } catch (error) {
          if (error instanceof RangeError) return false;
          throw error;
        }
      },
    };
  } catch {
    // Ends early, or is no point of its curve.
    return undefined;
  }
}

type Check = (data: Buffer, signature: Buffer) => boolean;

function checkOf(type: string, reader: WireReader): Check | undefined {
  if (type === "ssh-ed25519") return plain(type, ed25519(reader));
  if (type === "ssh-rsa") return rsa(reader);
  if (type === "sk-ssh-ed25519@openssh.com") return onSecurityKey(type, ed25519(reader), reader.string());
  if (type === "sk-ecdsa-sha2-nistp256@openssh.com") return onSecurityKey(type, ecdsa(reader), reader.string());
  return type.startsWith("ecdsa-sha2-") ? plain(type, ecdsa(reader, type.slice("ecdsa-sha2-".length))) : undefined;
}

function ed25519(reader: WireReader): Check {
  const key = fromJwk({ kty: "OKP", crv: "Ed25519", x: reader.string().toString("base64url") });
  return (data, made) => verify(null, data, key, made);
}

function ecdsa(reader: WireReader, expected = "nistp256"): Check {
  const curve = reader.string().toString("latin1");
  const point = reader.string();
  const known = CURVES[curve];
  if (known === undefined || curve !== expected) throw new RangeError("not that curve");
  const { crv, bytes, hash } = known;
  // Uncompressed points alone, as OpenSSH writes them.
  if (point[0] !== 4 || point.length !== 1 + 2 * bytes) throw new RangeError("not a point");
  const [x, y] = [point.subarray(1, 1 + bytes), point.subarray(1 + bytes)].map((each) => each.toString("base64url"));
  const key = fromJwk({ kty: "EC", crv, x: x as string, y: y as string });
  return (data, made) => {
    const numbers = new WireReader(made);
    const both = Buffer.concat([padded(positive(numbers.string()), bytes), padded(positive(numbers.string()), bytes)]);
    return numbers.rest().length === 0 && verify(hash, data, { key, dsaEncoding: "ieee-p1363" }, both);
  };
}

function rsa(reader: WireReader): Check {
  const [e, n] = [reader.string(), reader.string()];
  const modulus = positive(n);
  if (modulus.length < MIN_RSA_BYTES) throw new RangeError("too short a key");
  const key = fromJwk({ kty: "RSA", e: e.toString("base64url"), n: modulus.toString("base64url") });
  return (data, signature) => {
    const parts = new WireReader(signature);
    // `ssh-rsa` itself is SHA-1, and good for nothing any more.
    const hash = { "rsa-sha2-256": "sha256", "rsa-sha2-512": "sha512" }[parts.string().toString("latin1")];
    const made = parts.string();
    return hash !== undefined && parts.rest().length === 0 && verify(hash, data, key, padded(made, modulus.length));
  };
}

/** The algorithm's name is the key's. */
function plain(type: string, check: Check): Check {
  return (data, signature) => {
    const parts = new WireReader(signature);
    const named = parts.string().toString("latin1") === type;
    const made = parts.string();
    return named && parts.rest().length === 0 && check(data, made);
  };
}

/** A security key signs its application's and the data's digests, with flags and a counter of its own (PROTOCOL.u2f). */
function onSecurityKey(type: string, check: Check, application: Buffer): Check {
  const digest = (bytes: Buffer) => createHash("sha256").update(bytes).digest();
  return (data, signature) => {
    const parts = new WireReader(signature);
    const named = parts.string().toString("latin1") === type;
    const made = parts.string();
    const flagsAndCounter = parts.bytes(5);
    const signed = Buffer.concat([digest(application), flagsAndCounter, digest(data)]);
    return named && parts.rest().length === 0 && check(signed, made);
  };
}

function fromJwk(key: JsonWebKey): KeyObject {
  return createPublicKey({ key, format: "jwk" });
}
