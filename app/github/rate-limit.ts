import { withCauses } from "./causes.ts";

/** GitHub's own hour, and a little. */
const LONGEST = 65 * 60_000;
/** What GitHub asks for where a secondary limit names no time. */
const UNNAMED = 60_000;

/**
 * How long GitHub wants to be left alone, in milliseconds; undefined if the error is no rate limit. A primary limit
 * says when it ends (`x-ratelimit-reset`). A secondary limit says how long to wait (`retry-after`), or only that
 * there is one.
 */
export function retryAfter(error: unknown, now: number): number | undefined {
  for (const each of withCauses(error)) {
    const asked = askedBy(each as Answer, now);
    if (asked !== undefined) return Math.min(LONGEST, Math.max(1_000, asked));
  }
  return undefined;
}

interface Answer {
  status?: unknown;
  message?: unknown;
  response?: { headers?: Record<string, unknown> };
}

function askedBy({ status, message, response }: Answer, now: number): number | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const headers = response?.headers ?? {};
  const seconds = number(headers["retry-after"]);
  if (seconds !== undefined) return seconds * 1_000;
  const reset = number(headers["x-ratelimit-reset"]);
  if (number(headers["x-ratelimit-remaining"]) === 0 && reset !== undefined) return reset * 1_000 - now + 1_000;
  return status === 429 || /\bsecondary rate\b|abuse detection/i.test(String(message)) ? UNNAMED : undefined;
}

function number(header: unknown): number | undefined {
  const value = typeof header === "string" || typeof header === "number" ? Number(header) : Number.NaN;
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}
