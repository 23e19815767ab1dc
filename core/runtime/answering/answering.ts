import { SlipwayError } from "../../errors.ts";

export type Scalar = string | number | boolean | null;

/** The columns of the predict program's features without `slipway_id`, in the signature's order. A datetime is ISO 8601 text. */
export type Row = Readonly<Record<string, Scalar>>;

/** What is answered to a row: `prediction`, and what the predict program's file has beside it. */
export type Prediction = Readonly<Record<string, Scalar>>;

export interface Ask {
  id: string;
  rows: readonly Row[];
  /** W3C Trace Context, as it is handed on to user code. */
  traceparent?: string;
  /** An abort rejects with INTERRUPTED. What the program answers after it is thrown away. */
  signal?: AbortSignal;
}

export interface AnsweringState {
  /** Processes that take rows now, and how many there are to be. */
  ready: number;
  workers: number;
  /** Requests that wait for a process. */
  queued: number;
  /** How often a process was started again. */
  restarts: number;
  /** Why not all are ready, or why the last one ended. */
  problem?: string;
  /** Resident memory of all processes, in bytes, as last measured. */
  rss?: number;
}

/** Who answers rows for one version: workers of its serving program, or its predict program a batch at a time. */
export interface Answering {
  /** Resolves when the first worker is ready. Rejects with SERVE_FAILED, whose text ends with the program's last lines. */
  ready(): Promise<void>;
  /**
   * Predictions, one a row, in the rows' order. A request is handed to a program once, and never again. Rejects with
   * SERVE_BUSY (a BusyError: the queue is full, or it is closed), SERVE_TIMEOUT, SERVE_CRASHED, SERVE_ANSWER (garbage,
   * another count of rows, too large), SERVE_ERROR (the program's own words) and INTERRUPTED.
   */
  ask(ask: Ask): Promise<Prediction[]>;
  state(): AnsweringState;
  /** Takes nothing more, waits for what it was asked for up to `drainMs` milliseconds, then ends all processes. */
  close(drainMs: number): Promise<void>;
}

/** Nobody can take the request now. */
export class BusyError extends SlipwayError {
  /** When to ask again, in milliseconds. */
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs: number) {
    super("SERVE_BUSY", message, { hint: `Ask again in ${Math.ceil(retryAfterMs / 1_000)} s.` });
    this.retryAfterMs = retryAfterMs;
  }
}
