import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { readConfig } from "../../../app/server/config.ts";
import { SlipwayError } from "../../../core/errors.ts";
import { makeKey } from "../../git/ssh/keys.ts";

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const whole = { APP_ID: "12", PRIVATE_KEY: privateKey, WEBHOOK_SECRET: "0123456789abcdef" };

function problemsOf(env: Record<string, string>): string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof SlipwayError) return error.problems.map(({ message }) => message);
    throw error;
  }
  return [];
}

test("the key that signs tags is read as the private key is, and one that cannot sign here is refused without a word of it", async () => {
  const [{ secret }, locked] = [await makeKey(), await makeKey("-t", "ed25519", "-N", "secret words")];
  for (const given of [secret, secret.replaceAll("\n", "\\n"), Buffer.from(secret).toString("base64")])
    expect(readConfig({ ...whole, SLIPWAY_SIGNING_KEY: given }).SLIPWAY_SIGNING_KEY).toBe(secret.trim());
  expect(readConfig(whole).SLIPWAY_SIGNING_KEY).toBeUndefined();
  for (const given of [locked.secret, privateKey, "ssh-ed25519 AAAA"]) {
    const [problem, ...more] = problemsOf({ ...whole, SLIPWAY_SIGNING_KEY: given });
    expect([problem, more]).toEqual([expect.stringMatching(/^SLIPWAY_SIGNING_KEY: a key as `ssh-keygen/), []]);
    expect(problem).not.toContain(given.slice(0, 12));
  }
});
