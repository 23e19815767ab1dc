import type { Artifact, StoredFile } from "../../schemas/manifest.ts";

/** How long somebody waits for a store. What the store was opened with counts where an operation says nothing. */
export interface StoreOptions {
  /** Ends the operation at once with INTERRUPTED, whatever the store does. */
  signal?: AbortSignal | undefined;
  /** Milliseconds without progress after which it ends with STORE_TIMEOUT. */
  timeout?: number | undefined;
}

/** What is wrong with stored bytes: nothing, they are not there, or they are others. */
export type StoredState = "ok" | "missing" | "corrupt";

/**
 * Where artifacts and predictions are kept for good: content-addressed, so putting twice is putting once. Every operation
 * rejects with STORE_FAILED, STORE_UNREACHABLE, STORE_TIMEOUT or INTERRUPTED where the store cannot do it, and leaves
 * nothing half.
 */
export interface ArtifactStore {
  /** Takes a folder's regular files. Resolves only after the bytes are durable. */
  putFolder(folder: string, options?: StoreOptions): Promise<Artifact>;
  /** Takes one file. */
  putFile(file: string, options?: StoreOptions): Promise<StoredFile>;
  /** Writes the folder's files to `target` (created, must be empty). Rejects with ARTIFACT_MISSING or ARTIFACT_CORRUPT: every digest is checked on the way. */
  getFolder(artifact: Artifact, target: string, options?: StoreOptions): Promise<void>;
  /** Writes the file to `target`. Rejects as getFolder does. */
  getFile(file: StoredFile, target: string, options?: StoreOptions): Promise<void>;
  /** By names and sizes alone: cheap, whatever the size. */
  has(object: StoredFile | Artifact, options?: StoreOptions): Promise<StoredState>;
  /** By their digests: reads all of the bytes. */
  verify(object: StoredFile | Artifact, options?: StoreOptions): Promise<StoredState>;
}
