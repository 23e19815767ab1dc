import type { AnswerRole } from "../../../schemas/request-log.ts";
import type { Prediction, Row } from "../../runtime/answering/answering.ts";
import type { ServedVersion } from "../served.ts";

/** What of a version the log needs. */
export type LoggedVersion = Pick<ServedVersion, "model" | "version" | "stage" | "signature" | "columns">;

/** A request that a version was asked, with what came of it. */
export interface RequestEntry {
  /** The request's id. */
  id: string;
  /** When it came: milliseconds since 1970. */
  at: number;
  version: LoggedVersion;
  rows: readonly Row[];
  /** What the client named its rows by, in the column `data.id` of the spec. */
  ids?: readonly (string | undefined)[] | undefined;
  predictions?: readonly Prediction[] | undefined;
  /** The reason code, where there are no predictions. */
  error?: string | undefined;
  /** Milliseconds that it took. */
  ms: number;
  rollout?: LoggedRollout | undefined;
}

export interface LoggedRollout {
  decision: string;
  /** From 0. */
  step: number;
  role: AnswerRole;
  /** Of a shadow: whether the version that answered said something else, a row each. */
  disagrees?: readonly boolean[] | undefined;
}

/** Why rows are not in the log, and how many since the start. */
export interface DroppedRows {
  /** They came faster than the disk takes them. */
  memory: number;
  /** The store is away, and no more may wait for it on the disk. */
  spool: number;
  /** A row alone is too large. */
  large: number;
  /** They could not be written, or be read again. */
  failed: number;
}

export interface RequestLogState {
  /** Rows in memory, and bytes on the disk, that wait. */
  pending: number;
  spooled: number;
  dropped: DroppedRows;
  /** Objects that the store took since the start. */
  sent: number;
  /** Why what waits is not sent, or what is too old is not removed. */
  problem?: string;
}

/** What versions were asked and answered, for good. */
export interface RequestLog {
  /** Takes note. It never waits, and never throws: what cannot be kept is counted. */
  record(entry: RequestEntry): void;
  state(): RequestLogState;
  /** Writes what is in memory to the disk, and sends what is on the disk for up to `ms` milliseconds: the next start sends the rest. */
  close(ms: number): Promise<void>;
}
