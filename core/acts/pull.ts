import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, mkdir, readdir, rename, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Artifact, Manifest } from "../../schemas/manifest.ts";
import { SlipwayError } from "../errors.ts";
import { soundFiles } from "../stores/artifact.ts";
import { checkedVersion } from "./checked-version.ts";
import type { Ports } from "./ports.ts";
import type { Reference } from "./reference.ts";

/**
 * Brings a version's files into a folder, which holds them all or does not come to be; every digest is checked on the way.
 * Where the folder holds exactly these files, there is nothing to do. Rejects as checkedVersion and the store do, with
 * USAGE where the folder holds anything else, and with ARTIFACT_NOT_DURABLE where only an address is known.
 */
export async function pullVersion(
  ports: Ports,
  reference: Reference,
  folderOf: (manifest: Manifest) => string,
): Promise<{ outcome: "pulled" | "unchanged"; manifest: Manifest; folder: string }> {
  const { manifest } = await checkedVersion(ports, reference);
  const elsewhere = manifest.imported?.download;
  if (elsewhere !== undefined)
    throw new SlipwayError(
      "ARTIFACT_NOT_DURABLE",
      `The files of ${manifest.model} version ${manifest.version} are at ${elsewhere}`,
      {
        expected: "files in the store, known by their digest",
        hint: "Get them from there: nothing here says which bytes they have to be.",
      },
    );
  const folder = folderOf(manifest);
  const found = await lstat(folder).catch(() => undefined);
  const entries = found?.isDirectory() ? await readdir(folder) : [];
  if (found !== undefined && (!found.isDirectory() || entries.length > 0)) {
    if (found.isDirectory() && (await holds(folder, manifest.artifact)))
      return { outcome: "unchanged", manifest, folder };
    throw new SlipwayError("USAGE", `${folder} holds something else`, {
      expected: `a new or empty folder, or one with exactly the files of ${manifest.model} version ${manifest.version}`,
      found: found.isDirectory() ? entries.slice(0, 5).join(", ") : "a file",
      hint: "name another folder with --to, or take away what is there",
    });
  }
  const parent = dirname(folder);
  await mkdir(parent, { recursive: true });
  const partial = join(parent, `.slipway-pull-${randomUUID()}`);
  try {
    await ports.store.getFolder(manifest.artifact, partial);
    ports.signal?.throwIfAborted();
    if (found !== undefined) await rmdir(folder);
    await rename(partial, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return { outcome: "pulled", manifest, folder };
}

/** Whether a folder holds exactly an artifact's files, byte for byte. */
async function holds(folder: string, artifact: Artifact): Promise<boolean> {
  const files = new Map(soundFiles(artifact).map((file) => [file.path, file]));
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => !entry.isDirectory());
  if (paths.length !== files.size) return false;
  for (const entry of paths) {
    const file = join(entry.parentPath, entry.name);
    const expected = files.get(file.slice(folder.length + 1));
    if (expected === undefined || !entry.isFile()) return false;
    if ((await lstat(file)).size !== expected.size || (await sha256Of(file)) !== expected.sha256) return false;
  }
  return true;
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
