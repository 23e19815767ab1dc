import type { StoreChoice } from "../../../schemas/policy.ts";
import type { DataUri } from "../../spec/data-uri.ts";

/** How data outside the repository is reached. A spec has no say in it. */
export interface DataAccess {
  /** The caller's environment: credentials, and S3's region and endpoint, are taken from it. */
  env: Readonly<Record<string, string | undefined>>;
  /** The same for `data.labels`, where other credentials open them. */
  labelsEnv?: DataAccess["env"] | undefined;
  /** Asks without credentials, whatever the environment and the machine have. */
  anonymous?: boolean | undefined;
  /** The deciding policy's store: data in the same place are read as it is. */
  store?: StoreChoice | undefined;
  /** Node's `fetch` unless given. */
  fetch?: typeof globalThis.fetch | undefined;
  /** Asked for whoever is to be told of a file's bytes as they come. */
  transfer?: (() => Transfer) | undefined;
  signal?: AbortSignal | undefined;
  /** Milliseconds after which a place that gives no answer, or too little of a file, is given up; a minute unless given. */
  silence?: number | undefined;
}

/** In bytes; `total` where the place says it. */
export interface Transfer {
  moved(event: { done: number; total?: number | undefined }): void;
  /** No more bytes come, for whatever reason. */
  end(): void;
}

/** A file as its place has it now. */
export interface RemoteFile {
  /** Its path or key. */
  path: string;
  /** Bytes. */
  size?: number | undefined;
  version?: string | undefined;
}

/** A file's bytes, from `start` on. */
export interface OpenedFile {
  body: AsyncIterable<Uint8Array>;
  start: number;
  /** Of the whole file, as the place says it. */
  size?: number | undefined;
  version?: string | undefined;
}

/** One host's, bucket's or disk's files. Every operation rejects with REMOTE_FAILED, and with DATA_MISSING if there is no such file. */
export interface RemotePlace {
  /** A version tells two contents apart, so that files of the same version are the same. */
  versions: boolean;
  /** Every file whose path begins with the pattern's `start`, in any order; undefined where files cannot be listed. */
  list?(start: string): AsyncIterable<RemoteFile>;
  /** The file as it is now, or `same` if it still is what `known` says. */
  look(uri: DataUri, known?: KnownFile): Promise<RemoteFile | "same">;
  /**
   * Opens a file. Where `version` is given, that version alone: rejects with DATA_CHANGED if it is there no more, and may start
   * at 0 all the same.
   */
  open(uri: DataUri, options: OpenOptions): Promise<OpenedFile>;
}

export interface KnownFile {
  size: number;
  version?: string | undefined;
}

export interface OpenOptions {
  start: number;
  version?: string | undefined;
  signal: AbortSignal;
}

/** Where a URI's file is. */
export type Places = (uri: Pick<DataUri, "scheme" | "host">) => Promise<RemotePlace>;
