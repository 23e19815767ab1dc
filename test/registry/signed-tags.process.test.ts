import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../core/canonical.ts";
import { toSecond } from "../../core/clock.ts";
import { gitSigning, signingWith } from "../../core/git/sign.ts";
import { partsOfTag } from "../../core/git/signed-tag.ts";
import { readSigningKey } from "../../core/git/ssh/private-key.ts";
import { judgeSignature } from "../../core/registry/judge-signature.ts";
import type { Signing } from "../../core/registry/sign-tags.ts";
import { verifyRegistry } from "../../core/registry/verify.ts";
import type { Signer } from "../../schemas/signer.ts";
import { type KeyPair, makeKey } from "../git/ssh/keys.ts";
import { promote, register, WRITTEN } from "./builders.ts";
import { bareRepository, gitIn, registryOf } from "./repositories.ts";
import { replaceTag } from "./tamper.ts";

const signer = (key: KeyPair, about: Partial<Signer> = {}): Signer => ({ name: "app", key: key.text, ...about });

function signingOf(key: KeyPair | undefined, signers: readonly Signer[]): Signing {
  const own = key && readSigningKey(key.secret);
  return {
    key: async () => (own ? signingWith(own) : { sign: undefined, always: false }),
    signers: async () => signers,
  };
}

async function verified(folder: string, signers: readonly Signer[] = []) {
  const { findings, signatures } = await verifyRegistry({ folder, signers });
  return { codes: findings.map(({ code }) => code), signatures };
}

const counts = (about: object) => ({ signed: 0, unsigned: 0, untrusted: 0, forged: 0, ...about });

/** `git verify-tag` with an allowed-signers file: resolves, or rejects with what it says. */
async function gitVerifies(folder: string, key: KeyPair, tag: string): Promise<void> {
  const allowed = join(key.folder, "allowed");
  await writeFile(allowed, `app namespaces="git" ${key.text}\n`);
  await gitIn(folder, "-c", `gpg.ssh.allowedSignersFile=${allowed}`, "verify-tag", tag);
}

describe("a registry with a key", () => {
  it("signs versions and stages, for Git to verify, and says whose they are", async () => {
    const [folder, key] = [await bareRepository(), await makeKey()];
    const registry = await registryOf(folder, undefined, signingOf(key, [signer(key)]));
    await register(registry);
    await promote(registry, 1);
    await gitVerifies(folder, key, "penguins@v1.0.0");
    await gitVerifies(folder, key, "penguins#production#1");
    expect(await verified(folder, [signer(key)])).toEqual({ codes: [], signatures: counts({ signed: 2 }) });
  });

  it("says in its tags which record they are about", async () => {
    const [folder, key] = [await bareRepository(), await makeKey()];
    const registry = await registryOf(folder, undefined, signingOf(key, []));
    await register(registry);
    const { id } = await promote(registry, 1);
    const digestOf = async (path: string) => sha256(`${await gitIn(folder, "show", `registry:${path}`)}\n`);
    for (const [tag, path] of [
      ["penguins@v1.0.0", "models/f9/penguins/versions/1.json"],
      ["penguins#production#1", `models/f9/penguins/promotions/${id}.json`],
    ] as const)
      expect(await gitIn(folder, "cat-file", "tag", tag)).toContain(
        `Slipway-Record: ${path} sha256:${await digestOf(path)}\n-----BEGIN SSH SIGNATURE-----`,
      );
  });

  it("signs as Git's configuration says, with a key of any kind", async () => {
    const [folder, key] = [await bareRepository(), await makeKey("-t", "ecdsa")];
    await gitIn(folder, "config", "gpg.format", "ssh");
    await gitIn(folder, "config", "user.signingKey", key.file);
    const signing = { key: () => gitSigning(folder), signers: async () => [signer(key)] };
    await register(await registryOf(folder, undefined, signing));
    await gitVerifies(folder, key, "penguins@v1.0.0");
    expect((await verified(folder, [signer(key)])).signatures).toEqual(counts({ signed: 1 }));
  });

  it("writes nothing where the policy names others, or with no key at all", async () => {
    const [folder, key, other] = [await bareRepository(), await makeKey(), await makeKey()];
    for (const own of [other, undefined]) {
      const registry = await registryOf(folder, undefined, signingOf(own, [signer(key)]));
      await expect(register(registry)).rejects.toMatchObject({ code: "NOT_A_SIGNER" });
    }
    expect(await gitIn(folder, "for-each-ref")).toBe("");
  });
});

describe("a tag that was left out", () => {
  it("is completed, and signed, by whoever comes next: what is signed is the same", async () => {
    const [folder, first, second] = [await bareRepository(), await makeKey(), await makeKey()];
    const signers = [signer(first), signer(second, { name: "Ada" })];
    await register(await registryOf(folder, undefined, signingOf(first, signers)));
    const payload = async () => (await gitIn(folder, "cat-file", "tag", "penguins@v1.0.0")).split("-----BEGIN")[0];
    const meant = await payload();
    await gitIn(folder, "tag", "-d", "penguins@v1.0.0");
    await register(await registryOf(folder, undefined, signingOf(second, signers)));
    expect(await payload()).toBe(meant);
    await gitVerifies(folder, second, "penguins@v1.0.0");
    expect(await verified(folder, signers)).toEqual({ codes: [], signatures: counts({ signed: 2 }) });
  });

  it.each(["here", "on a remote"])("is completed by many at once, each with its own key: %s", async (where) => {
    const [folder, ...keys] = [await bareRepository(), await makeKey(), await makeKey(), await makeKey()];
    const signers = keys.map((key) => signer(key));
    await register(await registryOf(folder, undefined, signingOf(keys[0], signers)));
    await gitIn(folder, "tag", "-d", "penguins@v1.0.0");
    const registries = await Promise.all(
      keys.map(async (key) => {
        if (where === "here") return registryOf(folder, undefined, signingOf(key, signers));
        const clone = await bareRepository();
        await gitIn(clone, "remote", "add", "origin", folder);
        return registryOf(clone, "origin", signingOf(key, signers));
      }),
    );
    await Promise.all(registries.map((registry) => registry.complete()));
    expect(await verified(folder, signers)).toEqual({ codes: [], signatures: counts({ signed: 1 }) });
  });

  it("stands in the way where it is there and says something else, whoever signed it", async () => {
    const [folder, key] = [await bareRepository(), await makeKey()];
    const registry = await registryOf(folder, undefined, signingOf(key, [signer(key)]));
    await register(registry);
    await gitIn(folder, "config", "gpg.format", "ssh");
    await gitIn(folder, "config", "user.signingKey", key.file);
    await gitIn(folder, "tag", "-s", "-f", "-m", "mine", "penguins@v1.0.0", "registry");
    const other = await registryOf(folder, undefined, signingOf(key, [signer(key)]));
    await expect(register(other)).rejects.toMatchObject({ code: "REGISTRY_CORRUPT" });
  });
});

describe("verify", () => {
  const LATER = "2026-03-01T09:00:30Z";
  const LATER_STILL = "2026-03-01T09:01:00.000Z";

  async function signed(signers: (key: KeyPair) => Signer[] = (key) => [signer(key)]) {
    const [folder, key] = [await bareRepository(), await makeKey()];
    const registry = await registryOf(folder, undefined, signingOf(key, signers(key)));
    await register(registry);
    return { folder, key, registry };
  }

  it("finds a signature of another tag forged", async () => {
    const { folder, key, registry } = await signed();
    await register(registry);
    const signature = (await gitIn(folder, "cat-file", "tag", "penguins@v2.0.0")).split("sha256:")[1]?.slice(65);
    await replaceTag(folder, "penguins@v1.0.0", (text) => `${text.split("-----BEGIN")[0]}${signature}\n`);
    const found = await verified(folder, [signer(key)]);
    expect(found).toEqual({ codes: ["TAG_FORGED"], signatures: counts({ signed: 1, forged: 1 }) });
    await expect(gitVerifies(folder, key, "penguins@v1.0.0")).rejects.toThrow();
  });

  it("finds what stands behind a good signature forged, too", async () => {
    const { folder, key } = await signed();
    await replaceTag(folder, "penguins@v1.0.0", (text) => `${text}and more\n`);
    expect((await verified(folder, [signer(key)])).codes).toEqual(["TAG_FORGED"]);
  });

  it("finds no bit of a signed tag turned over to be signed", async () => {
    const { folder, key } = await signed();
    const tag = Buffer.from(`${await gitIn(folder, "cat-file", "tag", "penguins@v1.0.0")}\n`);
    const { payload } = partsOfTag(tag);
    const believed = Array.from({ length: tag.length * 8 }, (_, bit) => {
      const bent = Buffer.from(tag);
      bent[bit >> 3] = (bent[bit >> 3] as number) ^ (1 << (bit & 7));
      const parts = partsOfTag(bent);
      return parts.payload.equals(payload) && judgeSignature(parts, [signer(key)]).state === "signed" ? [bit] : [];
    });
    expect(judgeSignature(partsOfTag(tag), [signer(key)]).state).toBe("signed");
    expect(believed.flat()).toEqual([]);
  });

  it("finds other words above a good signature to be another tag", async () => {
    const { folder, key } = await signed();
    await replaceTag(folder, "penguins@v1.0.0", (text) => text.replace("Registering", "Registering twice"));
    expect((await verified(folder, [signer(key)])).codes).toEqual(["TAG_DIFFERS"]);
  });

  it("trusts nobody's signature but those whom the policy names, and none that is missing", async () => {
    const { folder, registry } = await signed();
    await register(registry);
    await replaceTag(folder, "penguins@v1.0.0", (text) => text.split("-----BEGIN")[0] as string);
    const other = signer(await makeKey());
    const found = await verified(folder, [other]);
    expect(found).toEqual({ codes: ["TAG_UNTRUSTED", "TAG_UNTRUSTED"], signatures: counts({ untrusted: 2 }) });
  });

  it("says signed, and nothing else, where the policy names nobody", async () => {
    const { folder } = await signed();
    expect(await verified(folder)).toEqual({ codes: [], signatures: counts({ signed: 1 }) });
  });

  it("trusts a key for the tags of its time, and not for others", async () => {
    const { folder, key } = await signed();
    const codesWith = async (about: Partial<Signer>) => (await verified(folder, [signer(key, about)])).codes;
    expect(await codesWith({ "valid-after": toSecond(WRITTEN), "valid-before": toSecond(WRITTEN) })).toEqual([]);
    expect(await codesWith({ "valid-before": "2026-03-01T08:59:59Z" })).toEqual(["TAG_UNTRUSTED"]);
    expect(await codesWith({ "valid-after": LATER })).toEqual(["TAG_UNTRUSTED"]);
  });

  it("asks for no signature from before the policy named anybody", async () => {
    const [folder, key] = [await bareRepository(), await makeKey()];
    await register(await registryOf(folder));
    const signers = [signer(key, { "valid-after": "2026-03-01T09:00:01Z" })];
    await register(await registryOf(folder, undefined, signingOf(key, signers)), "penguins", undefined, LATER_STILL);
    expect(await verified(folder, signers)).toEqual({ codes: [], signatures: counts({ unsigned: 1, signed: 1 }) });
  });

  it("asks for one from what comes later on the branch, and dates itself back", async () => {
    const [folder, key] = [await bareRepository(), await makeKey()];
    const signers = [signer(key, { "valid-after": "2026-03-01T09:00:01Z" })];
    await register(await registryOf(folder));
    await register(await registryOf(folder, undefined, signingOf(key, signers)), "penguins", undefined, LATER_STILL);
    // Another model's first version is of WRITTEN again.
    await register(await registryOf(folder), "finches");
    const signatures = counts({ unsigned: 1, signed: 1, untrusted: 1 });
    expect(await verified(folder, signers)).toEqual({ codes: ["TAG_UNTRUSTED"], signatures });
  });
});
