import { compareCode } from "../../core/acts/compare-code.ts";
import { readRun } from "../../core/acts/read-run.ts";
import { compareRuns } from "../../core/report/compare-runs.ts";
import { comparisonReport } from "../../core/report/runs-report.ts";
import type { RunsResult } from "../../schemas/cli-output.ts";
import type { RunComparison } from "../../schemas/run-comparison.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { reportText } from "../report-text.ts";
import { namedRuns } from "./named-runs.ts";
import type { OpenRuns, RunsOptions } from "./open-runs.ts";

/** `slipway runs compare <a> <b…>`: params, metrics, data and code, each run against the first. */
export async function compare(
  session: Session,
  places: OpenRuns,
  named: readonly string[],
  { patch: wanted = false }: RunsOptions,
): Promise<CommandOutcome> {
  const summaries = await namedRuns(places, "compare", named, 2);
  const [first, ...others] = await Promise.all(summaries.map((summary) => readRun(places, summary)));
  const code: RunComparison["code"] = [];
  for (const other of others) {
    const found = first && (await compareCode(places, first, other));
    const { patch, ...rest } = found ?? {};
    code.push({ run: other.run, ...rest, ...(wanted && patch !== undefined ? { patch } : {}) });
  }
  const comparison: RunComparison = { ...compareRuns(summaries), code };
  const result: RunsResult = { act: "compare", comparison };
  return { result, text: reportText(session, comparisonReport(comparison)) };
}
