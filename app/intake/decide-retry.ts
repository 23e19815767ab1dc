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
 * Whether an attempt is worth repeating. Rate limits are waited for as long as GitHub says; 5xx, the network and what
 * Git or the disk could not do are tried again, twice as late each time; a refusal is final. Anything else may be a
 * bug, or GitHub not yet knowing what it told us of: one more attempt.
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
