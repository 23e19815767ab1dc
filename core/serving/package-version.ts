import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Manifest } from "../../schemas/manifest.ts";
import type { PackagedVersion } from "../../schemas/packaged-version.ts";
import { checkedVersion } from "../acts/checked-version.ts";
import { currentPolicy } from "../acts/current-policy.ts";
import type { Ports } from "../acts/ports.ts";
import type { Reference } from "../acts/reference.ts";
import { canonicalJson } from "../canonical.ts";
import { dockerfile, recipe } from "../deploy/recipe.ts";
import { SlipwayError } from "../errors.ts";
import { displayName } from "../promotion/apply-change.ts";
import { passableBy } from "../spec/pass-rules.ts";
import { packModel } from "../stages/packed-model.ts";
import { parseStore } from "../stores/address.ts";
import { openFolderStore } from "../stores/file/folder.ts";
import type { ArtifactStore } from "../stores/store.ts";
import { servable } from "./servable.ts";

/** A package's own record, and the folder of its files' store. */
export const PACKAGE_FILE = "slipway-package.json";
export const PACKAGE_FILES = "files";

/**
 * Writes a build context for a version into a new folder, which holds all of it or does not come to be. `copySlipway` puts this
 * program's own files into a folder. Rejects as checkedVersion, servable and the store do, and with USAGE where the folder holds
 * anything.
 */
export async function packageVersion(
  ports: Ports,
  reference: Reference,
  { folderOf, copySlipway }: { folderOf(manifest: Manifest): string; copySlipway(folder: string): Promise<void> },
): Promise<{ folder: string; packaged: PackagedVersion }> {
  const { record, manifest } = await checkedVersion(ports, reference);
  const called = displayName(record);
  const { signature, runnable } = await servable(ports, called, manifest);
  const folder = folderOf(manifest);
  await refuseFull(folder);
  await mkdir(dirname(folder), { recursive: true });
  const partial = join(dirname(folder), `.slipway-package-${randomUUID()}`);
  try {
    const inside = join(partial, "package");
    await mkdir(inside, { recursive: true });
    const files = openFolderStore(join(inside, PACKAGE_FILES), `file:${PACKAGE_FILES}`);
    const policy = await currentPolicy(ports);
    const choice = policy.artifacts?.store;
    const isHere = parseStore(choice).scheme === "file";
    const code = await packModel(runnable, files, join(partial, "scratch"));
    const packaged: PackagedVersion = {
      ...{ slipway: 1, called, model: record.name, manifest, signature, code },
      artifact: isHere ? await copied(ports, manifest, files, join(partial, "artifact")) : manifest.artifact,
      ...(isHere || choice === undefined ? {} : { store: choice }),
      pass: [...passableBy(policy)],
      secrets: policy.secrets?.predict ?? [],
    };
    await writeFile(join(inside, PACKAGE_FILE), `${canonicalJson(packaged)}\n`);
    await writeFile(join(partial, "Dockerfile"), dockerfile(packaged));
    await writeFile(join(partial, "README.md"), recipe(packaged));
    await copySlipway(join(partial, "slipway"));
    for (const name of ["scratch", "artifact"]) await rm(join(partial, name), { recursive: true, force: true });
    ports.signal?.throwIfAborted();
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
    return { folder, packaged };
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** A folder of one machine is reached by no container: its files come along. */
async function copied({ store }: Ports, { artifact }: Manifest, files: ArtifactStore, scratch: string) {
  await store.getFolder(artifact, scratch);
  return files.putFolder(scratch);
}

async function refuseFull(folder: string): Promise<void> {
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  if (entries.length === 0) return;
  throw new SlipwayError("USAGE", `${folder} holds something else`, {
    expected: "a new or empty folder",
    found: entries.slice(0, 5).join(", "),
    hint: "name another folder with --to, or take away what is there",
  });
}
