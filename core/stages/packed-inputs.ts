import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { StoredFile } from "../../schemas/manifest.ts";
import { canonicalJson } from "../canonical.ts";
import type { FingerprintInputs } from "../plan/fingerprint.ts";
import type { ArtifactStore } from "../stores/store.ts";

const NAME = "fingerprint-inputs.json";

/** Puts what a fingerprint covers, but for the program versions, into a store. */
export async function packInputs(
  inputs: FingerprintInputs,
  store: ArtifactStore,
  scratch: string,
): Promise<StoredFile> {
  const file = join(scratch, NAME);
  await writeFile(file, canonicalJson(inputs));
  return store.putFile(file);
}

/** The inverse. Its bytes are those that a stage attested, and nothing but a digest is made of them. */
export async function openInputs(
  packed: StoredFile,
  store: ArtifactStore,
  scratch: string,
): Promise<FingerprintInputs> {
  const file = join(scratch, NAME);
  await store.getFile(packed, file);
  return JSON.parse(await readFile(file, "utf8")) as FingerprintInputs;
}
