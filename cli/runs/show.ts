import { readRun } from "../../core/acts/read-run.ts";
import { runReport } from "../../core/report/runs-report.ts";
import type { RunsResult } from "../../schemas/cli-output.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { reportText } from "../report-text.ts";
import { namedRuns } from "./named-runs.ts";
import type { OpenRuns } from "./open-runs.ts";

/** `slipway runs show <run>`: one run, or several one below the other. */
export async function show(session: Session, places: OpenRuns, named: readonly string[]): Promise<CommandOutcome> {
  const found = await namedRuns(places, "show", named);
  const shown = await Promise.all(found.map((summary) => readRun(places, summary)));
  const result: RunsResult = { act: "show", shown };
  return { result, text: shown.map((run) => reportText(session, runReport(run))).join("\n") };
}
