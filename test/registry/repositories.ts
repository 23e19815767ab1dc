import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";
import { openRegistry } from "../../core/registry/open.ts";
import type { Signing } from "../../core/registry/sign-tags.ts";

const run = promisify(execFile);

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-registry-"));
  // The Git of a writer that was killed may still end its work here.
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** Runs Git and resolves to what it prints, trimmed. */
export async function gitIn(folder: string, ...args: string[]): Promise<string> {
  const identity = ["-c", "user.name=Eve", "-c", "user.email=eve@example.org"];
  const { stdout } = await run("git", ["-C", folder, ...identity, ...args], { maxBuffer: 1 << 26 });
  return stdout.trim();
}

export async function bareRepository(): Promise<string> {
  const folder = await temporaryFolder();
  await gitIn(folder, "init", "--quiet", "--bare", "--initial-branch=main");
  return folder;
}

/** A repository with a work tree and one commit. */
export async function workRepository(): Promise<string> {
  const folder = await temporaryFolder();
  await gitIn(folder, "init", "--quiet", "--initial-branch=main");
  await gitIn(folder, "commit", "--quiet", "--allow-empty", "--message=first");
  return folder;
}

export async function registryOf(folder: string, remote?: string, signing?: Signing) {
  const registry = await openRegistry({ folder, ...(remote && { remote }), ...(signing && { signing }) });
  onTestFinished(() => registry.close());
  return registry;
}
