/** GitHub answers in 10 s, or not at all; a result's archive takes longer. */
const PATIENCE = 60_000;

/** Counts the calls of GitHub's REST API, by method and status (`network`: no answer), and what is left of a limit. */
export interface CallMetrics {
  call(method: string, status: string): void;
  rateLimit(resource: string, remaining: number): void;
}

/** `fetch` for Octokit: each call is counted, and given up after a minute. */
export function watchedFetch(metrics: CallMetrics, fetcher: typeof fetch = fetch): typeof fetch {
  return async (input, init) => {
    const method = init?.method ?? "GET";
    const late = AbortSignal.timeout(PATIENCE);
    const signal = init?.signal ? AbortSignal.any([init.signal, late]) : late;
    let answer: Response;
    try {
      answer = await fetcher(input, { ...init, signal });
    } catch (error) {
      metrics.call(method, "network");
      throw error;
    }
    metrics.call(method, String(answer.status));
    const remaining = answer.headers.get("x-ratelimit-remaining");
    if (remaining !== null) metrics.rateLimit(answer.headers.get("x-ratelimit-resource") ?? "core", Number(remaining));
    return answer;
  };
}
