import type { NamedStore } from "../../stores/named.ts";

/** Where a repository's request log is, and how it is kept. */
export interface RequestLogPlace {
  store: NamedStore;
  /** What this repository's own servers have not sent yet. */
  spool: string;
  /** The share of requests that is kept. */
  sample: number | undefined;
  /** Milliseconds that it is kept for; undefined for good. */
  keep: number | undefined;
  /** What time it is, in milliseconds since 1970: by default the machine's. Whoever asks an earlier time's rows again hands in that. */
  clock?: (() => number) | undefined;
}
