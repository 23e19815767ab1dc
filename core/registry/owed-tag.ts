import type { ComposedTag } from "./compose.ts";

/** A tag that follows from the records, the commit that it belongs on, and the one that added its record. */
export type OwedTag = ComposedTag & { on: string; by: string };
