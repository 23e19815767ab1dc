import { listRuns } from "../../core/acts/list-runs.ts";
import { runsReport, shownMetrics } from "../../core/report/runs-report.ts";
import { parseFilter } from "../../core/search/filter.ts";
import { findRuns } from "../../core/search/find-runs.ts";
import { metricOf } from "../../core/search/order.ts";
import { parseSort } from "../../core/search/sort.ts";
import type { RunsResult } from "../../schemas/cli-output.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { reportText } from "../report-text.ts";
import { refuseRuns } from "./named-runs.ts";
import type { OpenRuns, RunsOptions } from "./open-runs.ts";

const SHOWN = 20;

/** `slipway runs`: newest first, or in another order, what a filter finds. */
export async function list(
  session: Session,
  places: OpenRuns,
  named: readonly string[],
  { model, filter = "", sort = "", limit = SHOWN }: RunsOptions,
): Promise<CommandOutcome> {
  refuseRuns("list", named);
  const order = parseSort(sort, "runs");
  const comparisons = parseFilter(filter, "runs");
  const found = findRuns(await listRuns(places, model), comparisons, order);
  const runs = found.slice(0, limit);
  const asked = [
    ...order.flatMap(({ key }) => metricOf(key) ?? []),
    ...comparisons.flatMap(({ type, key }) => (type === "metric" ? [key] : [])),
  ];
  const metrics = [...new Set([...asked, ...shownMetrics(runs)])].slice(0, Math.max(3, asked.length));
  const result: RunsResult = { act: "list", runs, total: found.length };
  return { result, text: reportText(session, runsReport(runs, found.length, metrics)) };
}
