import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";

/**
 * Reads the App's private key as PEM: from PRIVATE_KEY (with `\n` for line ends if it is one line, or all of it in
 * base64), or from the file that PRIVATE_KEY_PATH names. Returns in words why there is no key, and never shows its
 * content.
 */
export function readPrivateKey(env: Readonly<Record<string, string | undefined>>): { pem: string } | { wrong: string } {
  const path = env["PRIVATE_KEY_PATH"];
  let text = env["PRIVATE_KEY"];
  if (text === undefined && path !== undefined) {
    try {
      text = readFileSync(path, "utf8");
    } catch (error) {
      return {
        wrong: `the file that PRIVATE_KEY_PATH names cannot be read (${(error as NodeJS.ErrnoException).code})`,
      };
    }
  }
  if (text === undefined) return { wrong: "the App's private key, or its file's path in PRIVATE_KEY_PATH" };
  const pem = pemOf(text);
  try {
    if (createPrivateKey(pem).asymmetricKeyType === "rsa") return { pem: `${pem}\n` };
  } catch {
    // Node's own words may quote the key.
  }
  return { wrong: "an RSA private key in PEM, as GitHub hands it out for the App" };
}

/** A key as an environment's variable holds it: with `\n` for line ends, whole, or all of it in base64. */
export function pemOf(text: string): string {
  const lines = text.replaceAll("\\n", "\n").replace(/^"|"$/g, "").trim();
  return lines.startsWith("-----BEGIN") ? lines : Buffer.from(lines, "base64").toString("utf8").trim();
}
