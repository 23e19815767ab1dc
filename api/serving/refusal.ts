import { expectedAndFound, type ReasonCode, SlipwayError } from "../../core/errors.ts";
import { BusyError } from "../../core/runtime/answering/answering.ts";

/** What a client is told in place of an answer, before its protocol puts that into a form of its own. */
export interface Refusal {
  status: 400 | 401 | 403 | 404 | 405 | 413 | 415 | 500 | 503 | 504;
  message: string;
  /** Seconds after which to ask again. */
  retryAfter?: number;
}

/** A request that no model needs to see to refuse it. */
export class RefusedRequest extends Error {
  override readonly name = "RefusedRequest";
  readonly refusal: Refusal;

  constructor(status: Refusal["status"], message: string) {
    super(message);
    this.refusal = { status, message };
  }
}

/** Of what went wrong inside, a client is told that it did, and the log why. The program's own words are its answer. */
const KNOWN: Partial<Record<ReasonCode, { status: Refusal["status"]; words?: string }>> = {
  MODEL_UNKNOWN: { status: 404 },
  VERSION_UNKNOWN: { status: 404 },
  SERVE_NOT_READY: { status: 503 },
  SERVE_BUSY: { status: 503 },
  INTERRUPTED: { status: 503, words: "The request was given up before it was answered." },
  SERVE_TIMEOUT: { status: 504 },
  SERVE_ERROR: { status: 500 },
  SERVE_ANSWER: { status: 500, words: "The model's program gave no valid answer; this server's log says why." },
  SERVE_CRASHED: { status: 500, words: "The model's program ended before it answered; this server's log says why." },
};

export function refusalOf(error: unknown): Refusal {
  if (error instanceof RefusedRequest) return error.refusal;
  if (!(error instanceof SlipwayError)) return { status: 500, message: WENT_WRONG };
  if (error.code === "ROWS_INVALID") return { status: 400, message: error.problems.map(problemWords).join("; ") };
  const known = KNOWN[error.code];
  if (known === undefined) return { status: 500, message: WENT_WRONG };
  const { status, words = error.message } = known;
  const after =
    status === 503 ? Math.ceil((error instanceof BusyError ? error.retryAfterMs : 1_000) / 1_000) : undefined;
  return { status, message: words, ...(after === undefined ? {} : { retryAfter: Math.max(1, after) }) };
}

/** Whether an error is a bug, or what only this server's operator can mend: the log has it whole. */
export function isOwnFault(error: unknown): boolean {
  return refusalOf(error).status === 500;
}

const WENT_WRONG = "Slipway itself went wrong; this server's log says how.";

function problemWords(problem: SlipwayError["problems"][number]): string {
  return `${problem.message.replace(/\.$/, "")}: ${expectedAndFound(problem)}`;
}
