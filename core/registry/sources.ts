import type { BlobId } from "../../schemas/names.ts";
import { present } from "../git/compose-commit.ts";
import type { GitObjects } from "../git/objects.ts";
import type { RegistrySnapshot } from "./registry.ts";
import type { RegistryFile } from "./registry-change.ts";

export const SOURCES_FOLDER = "sources";

/** Where the text of a policy or a spec is kept that a decision used: by Git's id of its bytes, so each once. */
export function sourcePath(blob: BlobId): string {
  return `${SOURCES_FOLDER}/${blob}.yaml`;
}

/** The inverse of sourcePath; undefined for any other path. */
export function sourceAt(path: string): BlobId | undefined {
  return /^sources\/([0-9a-f]{40})\.yaml$/.exec(path)?.[1];
}

/** The files that keep these texts, but for those that the registry has: part of the commit that names them. */
export async function newSources(
  objects: GitObjects,
  snapshot: Pick<RegistrySnapshot, "hasSource">,
  blobs: readonly (BlobId | undefined)[],
): Promise<RegistryFile[]> {
  const files: RegistryFile[] = [];
  for (const blob of new Set(blobs)) {
    if (blob === undefined || (await snapshot.hasSource(blob))) continue;
    // YAML that was read is whole UTF-8: the same bytes again.
    files.push({ path: sourcePath(blob), content: (await present(objects, blob)).content.toString() });
  }
  return files;
}
