import type { TrackedRun } from "../../schemas/tracked.ts";
import type { Curve } from "./curve.ts";

/** A run as it was found, with its curves as they grow, and with the folders whose files it logged. */
export interface FoundRun extends Omit<TrackedRun, "metrics" | "artifacts"> {
  curves: ReadonlyMap<string, Curve>;
  /** Files of `folder` are artifacts below `as`. */
  logged: readonly { folder: string; as: string }[];
}

/** What both kinds of files share while they are read. */
export interface Reading {
  /** Nothing writes any longer. */
  isLast: boolean;
  /** Bytes of curves that may still be read. */
  bytesLeft: number;
}
