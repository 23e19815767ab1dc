import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { encodeTag } from "../../core/git/encode.ts";
import { gitSigning, signingWith } from "../../core/git/sign.ts";
import { partsOfTag, withSignature } from "../../core/git/signed-tag.ts";
import { readSigningKey } from "../../core/git/ssh/private-key.ts";
import { checkSignature } from "../../core/git/ssh/signature.ts";
import { writeObjects } from "../../core/git/write.ts";
import { gitIn, workRepository } from "../registry/repositories.ts";
import { type KeyPair, makeKey } from "./ssh/keys.ts";

const PAYLOADS = ["one", "two", "three"].map((text) => Buffer.from(text));

async function repositoryOf(key: KeyPair, settings: Record<string, string> = {}): Promise<string> {
  const folder = await workRepository();
  const all = { "gpg.format": "ssh", "user.signingKey": key.file, ...settings };
  for (const [name, value] of Object.entries(all)) await gitIn(folder, "config", name, value);
  return folder;
}

async function signersOf(folder: string): Promise<string[]> {
  const signatures = await (await gitSigning(folder)).sign?.(PAYLOADS);
  return (signatures ?? []).map((signature, at) => {
    const checked = checkSignature(Buffer.from(signature), PAYLOADS[at] as Buffer);
    return "key" in checked ? `${checked.key.type} ${checked.key.blob.toString("base64")}` : checked.wrong;
  });
}

test("the key that Git's configuration names signs, each payload by itself", async () => {
  const key = await makeKey("-t", "ecdsa");
  expect(await signersOf(await repositoryOf(key))).toEqual([key.text, key.text, key.text]);
});

test("its public half names it too", async () => {
  const key = await makeKey();
  expect(await signersOf(await repositoryOf(key, { "user.signingKey": `${key.file}.pub` }))).toContain(key.text);
});

test("a key in words is handed over as a file: the agent has to have it", async () => {
  const key = await makeKey();
  const folder = await repositoryOf(key, { "user.signingKey": `key::${key.text}` });
  const program = join(folder, "program");
  // In the place of an agent: signs with the private key if it is asked for the public one.
  const script = `#!/bin/sh\ntest "$(cat "$6")" = '${key.text}' || exit 1\nset -- "$@"\nshift 6\nexec ssh-keygen -Y sign -n git -f '${key.file}' "$@"\n`;
  await writeFile(program, script);
  await chmod(program, 0o755);
  await gitIn(folder, "config", "gpg.ssh.program", program);
  expect(await signersOf(folder)).toContain(key.text);
});

test("nobody signs where Git signs otherwise, or is not told with which key", async () => {
  const key = await makeKey();
  const otherwise = await gitSigning(await repositoryOf(key, { "gpg.format": "openpgp" }));
  expect(otherwise).toEqual({ sign: undefined, always: false });
  expect((await gitSigning(await repositoryOf(key, { "user.signingKey": "" }))).sign).toBeUndefined();
  expect((await gitSigning(await repositoryOf(key, { "tag.gpgSign": "yes" }))).always).toBe(true);
});

test("a key that cannot sign is said so, in ssh-keygen's words", async () => {
  const folder = await repositoryOf(await makeKey(), { "user.signingKey": "/no/such/key" });
  await expect(signersOf(folder)).rejects.toMatchObject({
    code: "SIGNING_FAILED",
    problems: [{ found: expect.stringMatching(/no such/i) }],
  });
  const program = await repositoryOf(await makeKey(), { "gpg.ssh.program": "/no/such/program" });
  await expect(signersOf(program)).rejects.toMatchObject({ code: "SIGNING_FAILED" });
});

test("git verify-tag believes a tag of ours, and finds it forged once a byte is another", async () => {
  const key = await makeKey();
  const folder = await repositoryOf(key);
  const allowed = join(key.folder, "allowed");
  await writeFile(allowed, `slipway-app namespaces="git" ${key.text}\n`);
  const object = await gitIn(folder, "rev-parse", "HEAD");
  const about = { object, tagger: { name: "Ada", id: "ada@example.org" }, at: "2026-01-31T09:00:00Z" };
  const tag = encodeTag({ ...about, name: "m@v1.0.0", message: "Registering artifact m version v1.0.0" });
  const own = readSigningKey(key.secret);
  const [signature = ""] = own === undefined ? [] : ((await signingWith(own).sign?.([tag.content])) ?? []);
  const signed = withSignature(tag, signature);
  const forged = withSignature(encodeTag({ ...about, name: "m@v1.0.0", message: "Registering nothing" }), signature);
  await writeObjects(join(folder, ".git", "objects"), [signed, forged]);
  const verify = (id: string) => gitIn(folder, "-c", `gpg.ssh.allowedSignersFile=${allowed}`, "verify-tag", id);
  await gitIn(folder, "tag", "good", signed.id);
  await gitIn(folder, "tag", "bad", forged.id);
  await expect(verify("good")).resolves.toBe("");
  await expect(verify("bad")).rejects.toMatchObject({ stderr: expect.stringMatching(/verification failed/) });
});

test("a tag that Git signed is taken apart as Git does", async () => {
  const key = await makeKey();
  const folder = await repositoryOf(key);
  await gitIn(folder, "tag", "-s", "-m", "-----BEGIN SSH SIGNATURE-----\nis no signature", "mine");
  const content = await gitIn(folder, "cat-file", "tag", "mine");
  const { payload, signature = Buffer.alloc(0) } = partsOfTag(Buffer.from(`${content}\n`));
  expect(payload.toString()).toMatch(/is no signature\n$/);
  expect(checkSignature(signature, payload)).toMatchObject({ key: { type: "ssh-ed25519" } });
});
