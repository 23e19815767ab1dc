import { type ReasonCode, SlipwayError } from "../../core/errors.ts";
import { withCauses } from "../github/causes.ts";
import { retryAfter } from "../github/rate-limit.ts";

/** What becomes of a failed attempt; `after` in milliseconds. */
export type Verdict = { again: true; after: number; why: string } | { again: false; why: string };

export interface RetryRules {
  /** Attempts in all, of what fails for a while. */
  tries: number;
  now(): number;
  /** From 0 up to 1. */
  random(): number;
}

/** What another attempt may mend. The rest of the codes is about what was given, or is broken for good. */
const TEMPORARY: ReadonlySet<ReasonCode> = new Set([
  "REMOTE_FAILED",
  "REGISTRY_MOVED",
  "GIT_FAILED",
  "LOCKED",
  "STORE_FAILED",
  "STORE_TIMEOUT",
  "STORE_UNREACHABLE",
  "SYSTEM_FAILED",
]);

const NETWORK =
  /^(ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|UND_ERR_|EMFILE|ENOSPC|ABORT_ERR)/;

const FIRST = 1_000;
const LONGEST = 60_000;

/**
 * Whether an attempt is worth repeating. Rate limits are waited for as long as GitHub says; 5xx, the network and what
 * Git or the disk could not do are tried again, twice as late each time; a refusal is final. Anything else may be a
 * bug, or GitHub not yet knowing what it told us of: one more attempt.
 */
export function decideRetry(error: unknown, attempt: number, { tries, now, random }: RetryRules): Verdict {
  const limited = retryAfter(error, now());
  const known = limited === undefined ? kind(error) : "temporary";
  const most = known === "temporary" ? tries : known === "final" ? 1 : Math.min(2, tries);
  if (attempt >= most) return { again: false, why: known };
  if (limited !== undefined) return { again: true, after: limited, why: "rate-limit" };
  // Half of it by chance: what failed together should not come back together.
  const step = Math.min(LONGEST, FIRST * 2 ** (attempt - 1));
  return { again: true, after: Math.round(step / 2 + (step / 2) * random()), why: known };
}

/** Whether what failed may go away by itself: then it is tried again, and nobody is told yet. */
export function isTemporary(error: unknown): boolean {
  return retryAfter(error, Date.now()) !== undefined || kind(error) === "temporary";
}

function kind(error: unknown): "temporary" | "final" | "unknown" {
  if (error instanceof SlipwayError && !TEMPORARY.has(error.code)) return "final";
  for (const each of withCauses(error)) {
    if (each instanceof SlipwayError && TEMPORARY.has(each.code)) return "temporary";
    const { status, code, name } = each as { status?: unknown; code?: unknown; name?: unknown };
    if (typeof status === "number" && (status >= 500 || status === 429)) return "temporary";
    if (typeof code === "string" && NETWORK.test(code)) return "temporary";
    if (name === "TimeoutError") return "temporary";
  }
  return "unknown";
}
