import type { CommitId, Timestamp } from "../../schemas/names.ts";
import { laterOf, timestamp } from "../clock.ts";
import { SlipwayError } from "../errors.ts";
import { reporterOf } from "../rollout/plan.ts";
import { rolloutFigures } from "../serving/request-log/rollout-figures.ts";
import { readPolicy } from "./policy.ts";
import type { Ports } from "./ports.ts";
import type { RollingOut } from "./rolling-out.ts";
import { checkReports, type ReportStore, storedReports } from "./rollout-reports.ts";
import type { Evidence } from "./step-rollout.ts";

interface ObserveOptions {
  /** Reports that were handed in, beside those in the store. */
  reports?: readonly Buffer[] | undefined;
  /** Where signed reports are; the request log's store where absent. */
  store?: ReportStore | undefined;
  /** Told of each report that does not count. */
  onRefused(why: string): void;
}

/** How long a row of the request log may take from the request to where it is read. */
const LOG_DELAY_MS = 60_000;

/**
 * What was counted of a rollout's present step. Where the policy names a reporter, reports that it signed count, below the
 * request log's place. Where it names none, and nobody is identified here anyway, the request log itself is read. Undefined where
 * there is nothing to count. Rejects with POLICY_INVALID for reports that nobody may sign, and as the store does.
 */
export function observeRollout(ports: Ports, { reports = [], store, onRefused }: ObserveOptions) {
  return async (rolling: RollingOut, now: Timestamp, tip: CommitId): Promise<Evidence | undefined> => {
    const reporter = reporterOf(await readPolicy(ports, tip));
    const { requestLog, signal } = ports;
    if (reporter !== undefined) {
      const place = store ?? requestLog?.store;
      const stored = place === undefined ? [] : await storedReports(place, rolling, signal);
      const { evidence, refused } = checkReports([...reports, ...stored], rolling, reporter, now);
      for (const why of refused) onRefused(why);
      return evidence;
    }
    if (reports.length > 0)
      throw new SlipwayError("POLICY_INVALID", "Whose reports count is not said: nobody could sign one", {
        expected: 'rollout: { reporter: "ssh-ed25519 AAAA…" } in slipway.yaml of the default branch',
        found: "no `rollout.reporter`",
      });
    // Whoever writes to the store could say anything: where people are identified, that is not enough.
    if (ports.identifiesUsers || requestLog === undefined) return undefined;
    const { model, state } = rolling;
    const figures = await rolloutFigures(
      { ...requestLog, signal },
      { model, decision: state.decision, step: state.step, since: new Date(state.since) },
    );
    const until = laterOf(timestamp(new Date(Date.parse(now) - LOG_DELAY_MS)), state.since);
    return figures.requests === 0 ? undefined : { figures, until };
  };
}
