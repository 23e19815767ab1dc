import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, it, test } from "vitest";
import { readSigningKey } from "../../../core/git/ssh/private-key.ts";
import { checkSignature, makeSignature } from "../../../core/git/ssh/signature.ts";
import { wireString } from "../../../core/git/ssh/wire.ts";
import { keygenAccepts, keygenSign, makeKey } from "./keys.ts";

const PAYLOAD = Buffer.from("object 1234\ntype commit\n\nRegistering artifact penguins version v1.0.0\n");

const armored = (text: string) => Buffer.from(text);
const wrongOf = (text: string, payload = PAYLOAD) => {
  const checked = checkSignature(armored(text), payload);
  return "wrong" in checked ? checked.wrong : undefined;
};

describe("a signature that ssh-keygen made", () => {
  const kinds = [
    ["-t", "ed25519"],
    ["-t", "ecdsa", "-b", "256"],
    ["-t", "ecdsa", "-b", "384"],
    ["-t", "ecdsa", "-b", "521"],
    ["-t", "rsa", "-b", "2048"],
  ];
  it.each(kinds)("is good, and its key is known again: %s %s %s", async (...kind) => {
    const key = await makeKey(...kind.filter((word) => word !== undefined));
    // Numbers are written without their leading zeros, and with a sign where their first bit is set: now and then.
    for (let nonce = 0; nonce < 12; nonce += 1) {
      const payload = Buffer.concat([PAYLOAD, Buffer.from([nonce])]);
      const checked = checkSignature(armored(await keygenSign(key, payload)), payload);
      expect("key" in checked && `${checked.key.type} ${checked.key.blob.toString("base64")}`).toBe(key.text);
    }
  });

  it("is not good for another payload, not even a byte longer", async () => {
    const signature = await keygenSign(await makeKey(), PAYLOAD);
    expect(wrongOf(signature, Buffer.concat([PAYLOAD, Buffer.from("\n")]))).toMatch(/does not match/);
  });

  it("is not good where it was made for files", async () => {
    expect(wrongOf(await keygenSign(await makeKey(), PAYLOAD, "file"))).toMatch(/made for "file"/);
  });

  it("is not good with a key that is too short", async () => {
    expect(wrongOf(await keygenSign(await makeKey("-t", "rsa", "-b", "1024"), PAYLOAD))).toMatch(/kind/);
  });

  it("is not good with any bit of it turned over", async () => {
    const blob = blobOf(await keygenSign(await makeKey(), PAYLOAD));
    const believed = [...blob.keys()].filter((at) => {
      const bent = Buffer.from(blob);
      bent[at] = (bent[at] as number) ^ (1 << (at % 8));
      return wrongOf(armor(bent)) === undefined;
    });
    expect(believed).toEqual([]);
  });

  it("is not good cut short anywhere, or with more behind it", async () => {
    const signature = await keygenSign(await makeKey(), PAYLOAD);
    const blob = blobOf(signature);
    const believed = [...blob.keys()].filter((length) => wrongOf(armor(blob.subarray(0, length))) === undefined);
    expect(believed).toEqual([]);
    expect(wrongOf(armor(Buffer.concat([blob, Buffer.alloc(1)])))).toMatch(/more than it should/);
    expect(wrongOf(`${signature}more\n`)).toMatch(/no SSH signature/);
  });
});

describe("a signature of ours", () => {
  test("is ssh-keygen's own, to the last byte: Ed25519 leaves nothing to chance", async () => {
    const key = await makeKey();
    const own = readSigningKey(key.secret);
    expect(own && makeSignature(own, PAYLOAD)).toBe(await keygenSign(key, PAYLOAD));
  });

  test("is good, and ssh-keygen agrees; for another payload both refuse it", async () => {
    const key = await makeKey();
    const own = readSigningKey(key.secret);
    const signature = own === undefined ? "" : makeSignature(own, PAYLOAD);
    expect([wrongOf(signature), await keygenAccepts(key, signature, PAYLOAD)]).toEqual([undefined, true]);
    const other = Buffer.from("another");
    expect([wrongOf(signature, other), await keygenAccepts(key, signature, other)]).toEqual([
      "the signature does not match what it stands under",
      false,
    ]);
  });
});

test("what a security key signs is its application, its flags and its counter too", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const type = "sk-ssh-ed25519@openssh.com";
  const x = Buffer.from(publicKey.export({ format: "jwk" }).x as string, "base64url");
  const blob = Buffer.concat([type, x, "ssh:"].map((part) => wireString(part)));
  const digest = (bytes: Buffer | string, hash = "sha256") => createHash(hash).update(bytes).digest();
  const head = Buffer.from("SSHSIG");
  const meant = [wireString("git"), wireString(""), wireString("sha512")];
  const data = Buffer.concat([head, ...meant, wireString(digest(PAYLOAD, "sha512"))]);
  const pressed = Buffer.from([1, 0, 0, 0, 9]);
  const made = sign(null, Buffer.concat([digest("ssh:"), pressed, digest(data)]), privateKey);
  const signed = (flags: Buffer) => {
    const signature = Buffer.concat([wireString(type), wireString(made), flags]);
    return armor(Buffer.concat([head, Buffer.from([0, 0, 0, 1]), wireString(blob), ...meant, wireString(signature)]));
  };
  const untouched = Buffer.from([0, 0, 0, 0, 9]);
  const keygen = await makeKey();
  expect([wrongOf(signed(pressed)), await keygenAccepts(keygen, signed(pressed), PAYLOAD)]).toEqual([undefined, true]);
  expect([wrongOf(signed(untouched)) === undefined, await keygenAccepts(keygen, signed(untouched), PAYLOAD)]).toEqual([
    false,
    false,
  ]);
});

describe("readSigningKey", () => {
  test("a key with a passphrase is none that signs here", async () => {
    const key = await makeKey("-t", "ed25519", "-N", "secret words");
    expect(key.secret).toMatch(/OPENSSH PRIVATE KEY/);
    expect(readSigningKey(key.secret)).toBeUndefined();
  });

  test.each(["", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n", "ssh-ed25519 AAAA"])(
    "%j is none",
    (text) => expect(readSigningKey(text)).toBeUndefined(),
  );

  test("nor is one of another kind", async () => {
    expect(readSigningKey((await makeKey("-t", "ecdsa")).secret)).toBeUndefined();
  });
});

function blobOf(signature: string): Buffer {
  return Buffer.from(signature.split("\n").slice(1, -2).join(""), "base64");
}

function armor(blob: Buffer): string {
  const lines = blob.toString("base64").match(/.{1,70}/g) ?? [];
  return ["-----BEGIN SSH SIGNATURE-----", ...lines, "-----END SSH SIGNATURE-----", ""].join("\n");
}
