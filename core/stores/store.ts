import type { Artifact, StoredFile } from "../../schemas/manifest.ts";
import type { About, Range, Removal, Stored } from "./blobs.ts";
import type { Waiting } from "./patience.ts";

/** What the store was opened with counts where an operation says nothing. */
export interface StoreOptions extends Waiting {
  /** Told of bytes as they are put, fetched or checked, in all of the operation; `done` never falls. */
  onProgress?: ((event: Progress) => void) | undefined;
}

/** In bytes. */
export interface Progress {
  done: number;
  total: number;
}

export interface PutOptions extends StoreOptions {
  about?: About | undefined;
}

/** What is wrong with stored bytes: nothing, they are not there, or they are others. */
export type StoredState = "ok" | "missing" | "corrupt";

/**
 * Where artifacts and predictions are kept for good: content-addressed, so putting twice is putting once. Every operation
 * rejects with STORE_FAILED, STORE_DENIED, STORE_UNREACHABLE, STORE_TIMEOUT or INTERRUPTED where the store cannot do it, and
 * leaves nothing half.
 */
export interface ArtifactStore {
  /** Takes a folder's regular files. Resolves only after the bytes are durable. */
  putFolder(folder: string, options?: PutOptions): Promise<Artifact>;
  /** Takes one file. */
  putFile(file: string, options?: PutOptions): Promise<StoredFile>;
  /** Writes the folder's files to `target` (created, must be empty). Rejects with ARTIFACT_MISSING or ARTIFACT_CORRUPT: every digest is checked on the way. */
  getFolder(artifact: Artifact, target: string, options?: StoreOptions): Promise<void>;
  /** Writes the file to `target`. Rejects as getFolder does. */
  getFile(file: StoredFile, target: string, options?: StoreOptions): Promise<void>;
  /** A part of a file. A digest says nothing of a part: whoever needs it checked takes all, whose end rejects with ARTIFACT_CORRUPT. */
  read(file: StoredFile, range?: Range, options?: StoreOptions): AsyncIterable<Buffer>;
  /** By names and sizes alone: cheap, whatever the size. */
  has(object: StoredFile | Artifact, options?: StoreOptions): Promise<StoredState>;
  /** By their digests: reads all of the bytes. */
  verify(object: StoredFile | Artifact, options?: StoreOptions): Promise<StoredState>;
  /** All that it holds, with what nobody's record names. */
  list(options?: StoreOptions): AsyncIterable<Stored>;
  /** Removes one of `list`, unless it was put again after `before`: what is put meanwhile loses nothing. */
  remove(stored: Stored, before: Date, options?: StoreOptions): Promise<Removal>;
}

/** The store, which tells other tools where what is put comes from, unless a put says it by itself. */
export function withAbout(store: ArtifactStore, about: About): ArtifactStore {
  return {
    ...store,
    putFolder: (folder, options) => store.putFolder(folder, { about, ...options }),
    putFile: (file, options) => store.putFile(file, { about, ...options }),
  };
}
