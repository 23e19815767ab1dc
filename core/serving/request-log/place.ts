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
}
