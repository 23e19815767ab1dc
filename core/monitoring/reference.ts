import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { DataProfile } from "../../schemas/data-record.ts";
import type { Manifest, StoredFile } from "../../schemas/manifest.ts";
import type { Reference } from "../drift/drift-tests.ts";
import { SlipwayError } from "../errors.ts";
import type { ArtifactStore } from "../stores/store.ts";

/** Bytes: a profile is aggregates alone. */
const LARGEST_PROFILE = 64 * 1024 ** 2;

export interface KeptReference extends Reference {
  /** Why a profile that the version names cannot be used. */
  problem?: string;
}

/**
 * What a version was trained on and what it predicted of its test rows, as its kept profiles say. A profile that is gone, or that
 * the store does not give, is left out: its columns are then untested. `work` is a folder of the caller's.
 */
export async function keptReference(store: ArtifactStore, manifest: Manifest, work: string): Promise<KeptReference> {
  const problems: string[] = [];
  const read = async (file: StoredFile | undefined): Promise<DataProfile | undefined> => {
    if (file === undefined) return undefined;
    try {
      return await readProfile(store, file, work);
    } catch (error) {
      problems.push(error instanceof SlipwayError ? `${error.code}: ${error.message}` : "it is no profile");
      return undefined;
    }
  };
  const features = await read(manifest.data.profile);
  const predictions = await read(manifest.predictions_profile);
  const [problem] = problems;
  return { features, predictions, ...(problem === undefined ? {} : { problem }) };
}

async function readProfile(store: ArtifactStore, file: StoredFile, work: string): Promise<DataProfile> {
  if (file.size > LARGEST_PROFILE)
    throw new SlipwayError("FILE_TOO_LARGE", `the profile has more than ${LARGEST_PROFILE} bytes`);
  const path = join(work, "profile.json");
  try {
    await store.getFile(file, path);
    return DataProfile.parse(JSON.parse(await readFile(path, "utf8")));
  } finally {
    await rm(path, { force: true });
  }
}
