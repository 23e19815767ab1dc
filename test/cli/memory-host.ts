import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import type { Host } from "../../cli/host.ts";
import { main } from "../../cli/main.ts";

export const PACKAGE_ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A folder of this test's own, gone when it ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "slipway-cli-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs one command line in this process, as the entry does, and keeps what it printed. */
export async function slipway(
  argv: string[],
  about: Partial<Omit<Host, "cwd">> & { cwd?: string; terminal?: boolean } = {},
) {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const { terminal = false, cwd = tmpdir(), ...host } = about;
  const code = await main(argv, {
    stdout: { write: (text) => stdout.push(text), isTTY: terminal },
    stderr: { write: (text) => stderr.push(text), isTTY: terminal },
    env: {},
    cwd: () => cwd,
    packageRoot: PACKAGE_ROOT,
    signal: new AbortController().signal,
    ...host,
  });
  return { code, stdout: stdout.join(""), stderr: stderr.join("") };
}

/** Gives Git a name to commit with, for the tests of one file. */
export function gitIdentity(): void {
  const identity = ["AUTHOR", "COMMITTER"].flatMap((who) => [
    [`GIT_${who}_NAME`, "Ada Lovelace"] as const,
    [`GIT_${who}_EMAIL`, "ada@example.org"] as const,
  ]);
  beforeAll(() => {
    for (const [name, value] of identity) process.env[name] = value;
  });
  afterAll(() => {
    for (const [name] of identity) delete process.env[name];
  });
}
