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
}

/** Milliseconds from one report to the next, and from one look to the next whether a record waits for it. */
const EVERY = 30_000;
const LOOK_EVERY = 1_000;

export interface Reporting {
  /** Reports once more, and then no more: waits that long at most. */
  close(ms: number): Promise<void>;
}

/**
 * Puts into the store, again and again, what this process counted of each rollout's present step: at once when a rule is broken or
 * the step's time is over, since a record waits for that. No request waits for it.
 */
export function reportRollouts({ replica, store, key, rolling, onProblem }: ReportingOptions): Reporting {
  const stop = new AbortController();
  const last = new WeakMap<RollingVersion, { step: number; at: number; isDecisive: boolean }>();
  let problem: string | undefined;
  let going: Promise<void> = Promise.resolve();

  function isDue(each: RollingVersion): boolean {
    const before = last.get(each);
    if (before === undefined || before.step !== each.target.step) return true;
    return performance.now() - before.at >= EVERY || (each.isDecisive() && !before.isDecisive);
  }

  async function report(all: boolean): Promise<void> {
    try {
      const present = rolling();
      const due = present.filter((each) => all || isDue(each));
      if (due.length === 0 && present.length > 0) return;
      for (const each of due) {
        const { step } = each.target;
        last.set(each, { step, at: performance.now(), isDecisive: each.isDecisive() });
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
  function turn(all = false): Promise<void> {
    if (busy) return going;
    busy = true;
    going = report(all).finally(() => {
      busy = false;
    });
    return going;
  }
  const timer = setInterval(() => void turn(), LOOK_EVERY).unref();

  return {
    async close(ms) {
      clearInterval(timer);
      await Promise.race([going.then(() => turn(true)), new Promise((resolve) => setTimeout(resolve, ms).unref())]);
      stop.abort();
    },
  };
}
