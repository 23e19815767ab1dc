import type { Readable, Writable } from "node:stream";
import type { Exit } from "./failure.ts";

/** A program of user code that goes on: it reads requests on its descriptor 3, and writes answers to its descriptor 4. */
export interface Program {
  readonly requests: Writable;
  readonly answers: Readable;
  /** What it printed last, at most 16 KiB. */
  tail(): string;
  /** Resolves when it has ended. */
  readonly exited: Promise<Exit>;
  /** Resident memory of all its processes in bytes; undefined where this system does not say. What they share counts for each. */
  residentBytes(): Promise<number | undefined>;
  /** Closes its descriptor 3; what has not ended `untilTerm` ms later gets SIGTERM, and `untilKill` ms after that SIGKILL. */
  end(untilTerm: number, untilKill: number): Promise<void>;
  /** Ends all of its processes at once. */
  kill(): Promise<void>;
}
