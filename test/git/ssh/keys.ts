import { execFile } from "node:child_process";
import { generateKeyPairSync, sign } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";
import type { PrivateKey } from "../../../core/git/ssh/private-key.ts";
import { type PublicKey, readPublicKey } from "../../../core/git/ssh/public-key.ts";
import { wireString } from "../../../core/git/ssh/wire.ts";

const run = promisify(execFile);

/** A key as ssh-keygen makes it, in a folder that is gone after the test. */
export interface KeyPair {
  folder: string;
  /** The private key's file; its public half is beside it. */
  file: string;
  /** The private key's text. */
  secret: string;
  /** `ssh-ed25519 AAAA…`, without the comment. */
  text: string;
}

/** `ssh-keygen` with these arguments; resolves to whether it succeeded, and what it said. */
export async function sshKeygen(args: readonly string[], input: Uint8Array = Buffer.alloc(0)) {
  const running = run("ssh-keygen", [...args]);
  running.child.stdin?.on("error", () => {}).end(input);
  return running.then(
    ({ stdout }) => ({ ok: true, said: stdout }),
    (error: { stderr?: string }) => ({ ok: false, said: error.stderr ?? String(error) }),
  );
}

export async function makeKey(...type: string[]): Promise<KeyPair> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-key-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "key");
  const kind = type.length === 0 ? ["-t", "ed25519"] : type;
  await sshKeygen(["-q", "-N", "", "-C", "a comment", "-f", file, ...kind]);
  const text = (await readFile(`${file}.pub`, "utf8")).split(" ").slice(0, 2).join(" ");
  return { folder, file, text, secret: await readFile(file, "utf8") };
}

/** A key that is in memory alone. */
export function keyInMemory(): PrivateKey {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const x = Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url");
  const blob = Buffer.concat([wireString("ssh-ed25519"), wireString(x)]);
  return {
    publicKey: readPublicKey(blob) as PublicKey,
    sign: (data) => Buffer.concat([wireString("ssh-ed25519"), wireString(sign(null, data, privateKey))]),
  };
}

/** What `ssh-keygen -Y sign` makes of the payload. */
export async function keygenSign({ folder, file }: KeyPair, payload: Buffer, namespace = "git"): Promise<string> {
  const path = join(folder, "payload");
  await rm(`${path}.sig`, { force: true });
  await writeFile(path, payload);
  await sshKeygen(["-q", "-Y", "sign", "-n", namespace, "-f", file, path]);
  return readFile(`${path}.sig`, "utf8");
}

/** What `ssh-keygen -Y check-novalidate` says of a signature. */
export async function keygenAccepts({ folder }: KeyPair, armored: string, payload: Buffer): Promise<boolean> {
  const path = join(folder, "signature");
  await writeFile(path, armored);
  return (await sshKeygen(["-Y", "check-novalidate", "-n", "git", "-s", path], payload)).ok;
}
