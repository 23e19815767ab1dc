import type { MonitorTraffic } from "../../schemas/monitoring.ts";
import type { Database } from "../data/database.ts";

/** What was asked of a version, by the rows of `from`. A request's time is its own, however many rows it had. */
export async function countTraffic(db: Database, from: string): Promise<MonitorTraffic> {
  const found = await db.row(
    `SELECT count(*) AS rows, count(*) FILTER (slipway_row = 0) AS requests,
       count(*) FILTER (slipway_row = 0 AND slipway_error IS NOT NULL) AS errors, min(slipway_sample) AS sample,
       quantile_cont(slipway_ms, [0.5, 0.99]) FILTER (slipway_row = 0) AS ms FROM ${from}`,
  );
  const ms = (found["ms"] as { items: readonly unknown[] } | null)?.items.map(Number) ?? [];
  const [p50, p99] = ms.map((each) => (Number.isFinite(each) && each >= 0 ? each : undefined));
  const sample = Number(found["sample"] ?? 1);
  return {
    ...{ rows: Number(found["rows"]), requests: Number(found["requests"]), errors: Number(found["errors"]) },
    sample: sample > 0 && sample <= 1 ? sample : 1,
    ...(p50 === undefined ? {} : { p50_ms: p50 }),
    ...(p99 === undefined ? {} : { p99_ms: p99 }),
  };
}
