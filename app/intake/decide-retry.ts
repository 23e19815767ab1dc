import { failureKind } from "../github/failure-kind.ts";
import { retryAfter } from "../github/rate-limit.ts";

/** What becomes of a failed attempt; `after` in milliseconds. */
export type RetryDecision = { again: true; after: number; why: string } | { again: false; why: string };

export interface RetryRules {
  /** Attempts in all, of what fails for a while. */
  tries: number;
  now(): number;
  /** From 0 up to 1. */
  random(): number;
}

const FIRST = 1_000;
const LONGEST = 60_000;

/**
 * Whether an attempt is worth repeating. A rate limit is waited for as long as GitHub says. A 5xx, a network
 * failure, and what Git or the disk could not do are tried again, after twice the time each time. A refusal is
 * final. Any other failure may be a bug, or GitHub may not know yet what it told of: it gets one more attempt.
 */
export function decideRetry(error: unknown, attempt: number, { tries, now, random }: RetryRules): RetryDecision {
  const limited = retryAfter(error, now());
  const known = limited === undefined ? failureKind(error) : "temporary";
  const most = known === "temporary" ? tries : known === "final" ? 1 : Math.min(2, tries);
  if (attempt >= most) return { again: false, why: known };
  if (limited !== undefined) return { again: true, after: limited, why: "rate-limit" };
  // Half of it by chance: what failed together should not come back together.
  const step = Math.min(LONGEST, FIRST * 2 ** (attempt - 1));
  return { again: true, after: Math.round(step / 2 + (step / 2) * random()), why: known };
}
