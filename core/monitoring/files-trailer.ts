import type { BlobId, Sha256 } from "../../schemas/names.ts";
import { sha256 } from "../canonical.ts";

/** What a commit of the branch says of its own files: who amends it by hand, or a merge, leaves it wrong. */
export const FILES_TRAILER = "Slipway-Files";

/** A file that a commit changes; without a blob one that it removes. */
export interface ChangedFile {
  path: string;
  blob: BlobId | undefined;
}

/** Over the files that a commit changes, in whatever order they come. */
export function filesDigest(files: readonly ChangedFile[]): Sha256 {
  return sha256(
    files
      .map(({ path, blob = "-" }) => `${blob} ${path}\n`)
      .sort()
      .join(""),
  );
}
