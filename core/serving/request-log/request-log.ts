import type { Signature } from "../../../schemas/manifest.ts";
import type { Column } from "../../../schemas/model-spec.ts";
import type { AnswerRole } from "../../../schemas/request-log.ts";
import type { Prediction, Row } from "../../runtime/answering/answering.ts";
import type { RequestLogState } from "./log-state.ts";

/** What of a version the log needs. */
export interface LoggedVersion {
  /** The model's folder in the registry. */
  folder: string;
  version: number;
  stage: string;
  signature: Signature;
  columns: Readonly<Record<string, Column>>;
}

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

/** What versions were asked and answered, for good. */
export interface RequestLog {
  /** Takes note. It never waits, and never throws: what cannot be kept is counted. */
  record(entry: RequestEntry): void;
  /** What time it is, by the log's clock: milliseconds since 1970. */
  now(): number;
  state(): RequestLogState;
  /** Writes what is in memory to the disk, and sends what is on the disk for up to `ms` milliseconds: the next start sends the rest. */
  close(ms: number): Promise<void>;
}
