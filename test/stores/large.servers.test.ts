import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, open, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import type { StoreChoice } from "../../schemas/policy.ts";
import { startRegistry } from "../../tools/servers/registry.ts";
import { startS3 } from "../../tools/servers/s3.ts";

const CHILD = fileURLToPath(new URL("large-folder.ts", import.meta.url));
const SIZE = 2 * 1024 ** 3;

/** Six gigabytes in all: on a disk, and not in memory. */
async function onDisk(): Promise<string> {
  const folder = await mkdtemp(join(existsSync("/var/tmp") ? "/var/tmp" : tmpdir(), "slipway-large-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function opened(kind: string, folder: string): Promise<{ store: StoreChoice; env: NodeJS.ProcessEnv }> {
  if (kind === "file:") return { store: `file:${join(folder, "store")}`, env: {} };
  await mkdir(join(folder, "server"));
  if (kind === "oci:") {
    const registry = await startRegistry({ folder: join(folder, "server") });
    onTestFinished(() => registry.stop());
    return { store: `oci://${registry.host}/acme/models`, env: {} };
  }
  const server = await startS3(["models"], { folder: join(folder, "server") });
  onTestFinished(() => server.stop());
  const { endpoint, region } = server;
  const env = { AWS_ACCESS_KEY_ID: server.accessKeyId, AWS_SECRET_ACCESS_KEY: server.secretAccessKey };
  return { store: { uri: "s3://models/x", endpoint, region }, env };
}

it.each(["file:", "oci:", "s3:"])("brings two gigabytes into a store at %s and back in 250 MiB", async (kind) => {
  const folder = await onDisk();
  await mkdir(join(folder, "model"));
  const file = await open(join(folder, "model/weights.bin"), "w");
  await file.truncate(SIZE);
  await file.close();
  const { store, env } = await opened(kind, folder);
  const words = ["--import", "tsx", CHILD, JSON.stringify(store), join(folder, "model"), join(folder, "out")];
  const { stdout } = await promisify(execFile)(process.execPath, words, { env: { ...process.env, ...env } });
  const { state, size, peakMiB } = JSON.parse(stdout);
  expect({ state, size }).toEqual({ state: "ok", size: SIZE });
  expect((await stat(join(folder, "out/weights.bin"))).size).toBe(SIZE);
  expect(peakMiB).toBeLessThan(250);
});
