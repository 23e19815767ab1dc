import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { SlipwayError } from "../errors.ts";
import { lastLines, runGit } from "./run.ts";
import type { PrivateKey } from "./ssh/private-key.ts";
import { makeSignature } from "./ssh/signature.ts";

/** An armored SSH signature of each payload, in their order. Rejects with SIGNING_FAILED. */
export type Sign = (payloads: readonly Buffer[]) => Promise<string[]>;

/** With what a process signs. */
export interface SigningKey {
  /** Undefined where it has no key. */
  sign: Sign | undefined;
  /** It signs where nobody asks for it, too: Git's `tag.gpgSign`. */
  always: boolean;
}

/** In this process, with a key that it was given to sign with; or not at all. */
export function signingWith(key: PrivateKey | undefined): SigningKey {
  if (key === undefined) return { sign: undefined, always: false };
  return { sign: async (payloads) => payloads.map((payload) => makeSignature(key, payload)), always: true };
}

/**
 * As `git tag -s` does, with the key that `user.signingKey` names where `gpg.format` is ssh: agents, passphrases and security
 * keys are `ssh-keygen`'s to deal with. One process signs all payloads.
 */
export async function gitSigning(folder: string): Promise<SigningKey> {
  const settings = await readSettings(folder);
  const key = settings.get("user.signingkey");
  const always = /^(true|yes|on|1)$/i.test(settings.get("tag.gpgsign") ?? "");
  if (settings.get("gpg.format") !== "ssh" || !key) return { sign: undefined, always };
  const program = atHome(settings.get("gpg.ssh.program") ?? "ssh-keygen");
  return { sign: (payloads) => signInFolder(folder, program, key, payloads), always };
}

async function readSettings(folder: string): Promise<Map<string, string>> {
  const pattern = "^(gpg\\.format|gpg\\.ssh\\.program|user\\.signingkey|tag\\.gpgsign)$";
  const { code, stdout } = await runGit(folder, ["config", "-z", "--get-regexp", pattern]);
  const entries = code === 0 ? stdout.toString().split("\0").filter(Boolean) : [];
  return new Map(
    entries.map((entry) => {
      const end = entry.indexOf("\n");
      // A key without a value is true.
      return end < 0 ? [entry, "true"] : [entry.slice(0, end), entry.slice(end + 1)];
    }),
  );
}

async function signInFolder(cwd: string, program: string, key: string, payloads: readonly Buffer[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-sign-"));
  try {
    const files = payloads.map((_, at) => join(folder, `tag-${at}`));
    await Promise.all(files.map((file, at) => writeFile(file, payloads[at] as Buffer)));
    const literal = /^(?:key::|(?=ssh-|ecdsa-|sk-))(.*)$/s.exec(key)?.[1];
    const keyFile = literal === undefined ? atHome(key) : join(folder, "key.pub");
    if (literal !== undefined) await writeFile(keyFile, `${literal}\n`, { mode: 0o600 });
    await run(program, ["-Y", "sign", "-n", "git", "-f", keyFile, ...files], cwd);
    return await Promise.all(files.map((file) => readFile(`${file}.sig`, "latin1")));
  } catch (error) {
    if (error instanceof SlipwayError) throw error;
    throw failed(program, (error as Error).message, error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function run(program: string, args: readonly string[], cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: ["ignore", "ignore", "pipe"], windowsHide: true });
    let words = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      words = (words + text).slice(-4_000);
    });
    child.on("error", (error) => reject(failed(program, error.message, error)));
    child.on("close", (code) => (code === 0 ? resolve() : reject(failed(program, lastLines(words)))));
  });
}

function failed(program: string, found: string, cause?: unknown): SlipwayError {
  return new SlipwayError("SIGNING_FAILED", `${program} did not sign, and nothing was written.`, {
    found,
    hint: "Look at `git config user.signingKey`, and with a passphrase add the key to the agent (ssh-add); try it with `git tag -s`.",
    cause,
  });
}

function atHome(path: string): string {
  return path.replace(/^~(?=\/)/, homedir());
}
