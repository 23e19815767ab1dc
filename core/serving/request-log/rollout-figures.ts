import type { RolloutFigures } from "../../../schemas/rollout.ts";
import { literal } from "../../data/sql.ts";
import { LATENCY_BOUNDS_MS } from "../../rollout/latency.ts";
import type { LogSource } from "./list-log.ts";
import { withRequests } from "./read-log.ts";

/** A rollout's step, as rows of the log name it. */
export interface LoggedStep {
  model: string;
  decision: string;
  step: number;
  /** When it began. */
  since: Date;
}

/**
 * What the log has of the new version in a step of its rollout: of requests that were sampled, if the log is. Rows that their
 * servers hold in memory are not there yet. Rejects as `withRequests` does.
 */
export async function rolloutFigures(
  source: LogSource,
  { model, decision, step, since }: LoggedStep,
): Promise<RolloutFigures> {
  return withRequests(source, { model, since }, async (db) => {
    // A request is as many rows as it had; its id is the client's, and need not be its own.
    await db.run(`CREATE TEMP TABLE asked AS
      SELECT any_value(slipway_ms) AS ms, bool_or(slipway_error IS NOT NULL) AS failed,
        count(slipway_disagrees) AS compared, count(*) FILTER (slipway_disagrees) AS disagreed
      FROM requests
      WHERE slipway_decision = ${literal(decision)} AND slipway_step = ${step} AND slipway_role IN ('candidate', 'shadow')
      GROUP BY slipway_replica, slipway_request, slipway_time, slipway_ms`);
    const sums = await db.row(`SELECT count(*) AS requests, count(*) FILTER (failed) AS errors,
      coalesce(sum(compared), 0) AS compared, coalesce(sum(disagreed), 0) AS disagreed FROM asked`);
    const bounds = LATENCY_BOUNDS_MS.map((bound) => `(${bound}::DOUBLE)`).join(", ");
    const timed = await db.rows(`SELECT bound, count(*) AS requests
      FROM asked ASOF JOIN (SELECT * FROM (VALUES ${bounds}) AS all_bounds(bound)) AS bounds
        ON least(asked.ms, ${LATENCY_BOUNDS_MS.at(-1)}) <= bounds.bound
      GROUP BY bound ORDER BY bound`);
    return {
      ...{ requests: Number(sums["requests"]), errors: Number(sums["errors"]) },
      latency_ms: Object.fromEntries(timed.map(({ bound, requests }) => [String(bound), Number(requests)])),
      ...{ compared: Number(sums["compared"]), disagreed: Number(sums["disagreed"]) },
    };
  });
}
