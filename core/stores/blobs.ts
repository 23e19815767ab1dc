import type { Artifact } from "../../schemas/manifest.ts";
import type { SlipwayError } from "../errors.ts";
import type { Patience, Waiting } from "./patience.ts";

/** Bytes by their content: lower-case hexadecimal, and how many. */
export interface Blob {
  sha256: string;
  size: number;
}

/** Bytes that are to be kept. They can be read as often as needed. */
export interface BlobSource {
  /** Reads all of them once, and remembers what they were; the one who asks first may look at each piece as well. */
  digest(also?: (chunk: Buffer) => void): Promise<Blob>;
  /**
   * The bytes of a range, in pieces that are the reader's own. Rejects with STORE_FAILED if they ended before what `digest`
   * saw, or went on behind it; that they are the same is for the store to check.
   */
  open(range?: Range): AsyncIterable<Buffer>;
}

/** What people and other tools should find beside the bytes, where a store can say it. */
export interface About {
  model: string;
  /** The commit that it was made from. */
  commit: string;
  /** The commit's date, ISO 8601: never now, so that the same bytes have the same manifest. */
  created: string;
  /** Where the commit can be read. */
  source_url?: string | undefined;
}

/** What belongs together, once each blob is in place: a folder with the canonical JSON of its `files`, or one file. */
export type Kept =
  | {
      folder: Blob;
      list: Buffer;
      files: Artifact["files"];
      /** The bytes of a file once more, for a store that keeps them in another form as well. */
      source(file: Artifact["files"][number]): BlobSource;
      about: About | undefined;
    }
  | { file: Blob; name: string; about: About | undefined };

/** Something that a store holds and can remove. */
export interface Stored {
  /** Its name in this store, for people and for `remove`. */
  name: string;
  /** The digests that a record may name it by. */
  is: readonly string[];
  /** The digests of what it holds besides. */
  holds: readonly string[];
  /** Bytes. */
  size: number;
  /** When it was put last, or somewhat later. */
  put: Date;
}

/** What became of something that was to be removed. `command` is for a person to type where only the store's owner can. */
export type Removal = { outcome: "removed" | "young" } | { outcome: "owner"; command: string };

/**
 * What a kind of store does by itself; `artifactStore` makes an ArtifactStore of it, with folders, digests, soundness,
 * progress and the rest. Every call ends with INTERRUPTED or STORE_TIMEOUT as its patience says, and leaves nothing half.
 */
export interface Blobs {
  /** How many blobs may be on their way at once. */
  readonly atOnce: number;
  /** For one operation. */
  patience(waiting: Waiting): Patience;
  /**
   * Keeps bytes under their digest, whoever else puts the same. Resolves once they are durable. A blob that is there is kept,
   * and counts as put now. A store that must know the digest first asks the source; another hashes while it writes.
   */
  put(source: BlobSource, patience: Patience): Promise<Blob>;
  /** A blob's bytes from `start` up to, and without, `end`; undefined if there is none. A connection that breaks is taken up again. */
  open(sha256: string, range: Range, patience: Patience): Promise<AsyncIterable<Buffer> | undefined>;
  /** A blob's bytes, counted; undefined if there is none. */
  size(sha256: string, patience: Patience): Promise<number | undefined>;
  /** Says that blobs belong together, so that the store keeps them and people find them. Returns their URI. */
  keep(kept: Kept, patience: Patience): Promise<Pick<Artifact, "uri" | "image">>;
  /** A kept folder's list, as `keep` was given it; undefined if there is none. */
  list(sha256: string, patience: Patience): Promise<Buffer | undefined>;
  /** All that it holds. */
  stored(patience: Patience): AsyncIterable<Stored>;
  /** Removes one of `stored`, unless it was put again after `before`: what is put meanwhile loses nothing. */
  remove(stored: Stored, before: Date, patience: Patience): Promise<Removal>;
  /** Why bytes that are not here may be elsewhere, if they may. */
  elsewhere?(patience: Patience): Promise<SlipwayError | undefined>;
  missing(sha256: string): SlipwayError;
  corrupt(sha256: string): SlipwayError;
}

/** Bytes from `start` (default 0) up to, and without, `end` (default: the last). */
export interface Range {
  start?: number | undefined;
  end?: number | undefined;
}
