import { reportName, signReport } from "../acts/rollout-reports.ts";
import type { PrivateKey } from "../git/ssh/private-key.ts";
import type { NamedStore } from "../stores/named.ts";
import type { RollingVersion } from "./rolling-version.ts";

interface ReportingOptions {
  replica: string;
  store: NamedStore;
  /** The reporter's: what it signs, the record of a step rests on. */
  key: PrivateKey;
  rolling(): readonly RollingVersion[];
  /** Told of a problem when it begins or changes, and of undefined when it is over. */
  onProblem(error: unknown): void;
  /** Milliseconds from one report to the next. */
  every?: number | undefined;
}

export interface Reporting {
  /** Reports once more, and then no more: waits that long at most. */
  close(ms: number): Promise<void>;
}

/** Puts into the store, again and again, what this process counted of each rollout's present step. No request waits for it. */
export function reportRollouts({
  replica,
  store,
  key,
  rolling,
  onProblem,
  every = 30_000,
}: ReportingOptions): Reporting {
  const stop = new AbortController();
  let problem: string | undefined;
  let going: Promise<void> = Promise.resolve();

  async function report(): Promise<void> {
    try {
      for (const each of rolling()) {
        const made = each.report(replica);
        await store.put(reportName(made), signReport(made, key), { signal: stop.signal });
      }
      if (problem !== undefined) onProblem(undefined);
      problem = undefined;
    } catch (error) {
      if (problem !== String(error)) onProblem(error);
      problem = String(error);
    }
  }
  let busy = false;
  function turn(): Promise<void> {
    if (busy) return going;
    busy = true;
    going = report().finally(() => {
      busy = false;
    });
    return going;
  }
  const timer = setInterval(turn, every).unref();

  return {
    async close(ms) {
      clearInterval(timer);
      await Promise.race([going.then(turn), new Promise((resolve) => setTimeout(resolve, ms).unref())]);
      stop.abort();
    },
  };
}
