import type { Artifact, StoredFile } from "../../../schemas/manifest.ts";

/** Where artifacts and predictions are kept for good: content-addressed, so putting twice is putting once. */
export interface ArtifactStore {
  /** Takes a folder's regular files. Resolves only after the bytes are durable; rejects with STORE_FAILED and leaves nothing half. */
  putFolder(folder: string): Promise<Artifact>;
  /** Takes one file. */
  putFile(file: string): Promise<StoredFile>;
  /** Writes the folder's files to `target` (created, must be empty). Rejects with ARTIFACT_MISSING or ARTIFACT_CORRUPT: every digest is checked on the way. */
  getFolder(artifact: Artifact, target: string): Promise<void>;
  /** Writes the file to `target`. Rejects as getFolder does. */
  getFile(file: StoredFile, target: string): Promise<void>;
  /** What is wrong with stored bytes: nothing, `missing`, or `corrupt`. Reads all of them. */
  verify(file: StoredFile | Artifact): Promise<"ok" | "missing" | "corrupt">;
}
