export interface AskOptions {
  /** GitHub's API: https://api.github.com. */
  api: string;
  fetch: typeof fetch;
}

/** What GitHub answers to a person's own token. */
export type AnswerToPerson =
  | { outcome: "given"; body: unknown }
  /** Nobody's token: never was one, or it ended, or was taken back. */
  | { outcome: "unknown" }
  /** There is no such thing, or not for this token: which of the two GitHub does not say either. */
  | { outcome: "hidden" }
  /** GitHub did not answer, or answers this token no more for a while. */
  | { outcome: "away" };

/** Asks GitHub's API for something as a person: `path` with its query. Never rejects. */
export type AskAsPerson = (path: string, token: string) => Promise<AnswerToPerson>;

const PATIENCE = 10_000;

export function askAsPerson({ api, fetch }: AskOptions): AskAsPerson {
  return async (path, token) => {
    const headers = {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${token}`,
      "user-agent": "slipway",
      "x-github-api-version": "2022-11-28",
    };
    try {
      const response = await fetch(`${api}${path}`, { headers, signal: AbortSignal.timeout(PATIENCE) });
      if (response.ok) return { outcome: "given", body: await response.json() };
      if (response.status >= 500 || isLimited(response)) return { outcome: "away" };
      return { outcome: response.status === 401 ? "unknown" : "hidden" };
    } catch {
      return { outcome: "away" };
    }
  };
}

/** A rate limit is a 403, too. */
function isLimited({ status, headers }: Response): boolean {
  if (status === 429) return true;
  return status === 403 && (headers.get("x-ratelimit-remaining") === "0" || headers.has("retry-after"));
}
