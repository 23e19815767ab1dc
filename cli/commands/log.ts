import { knownModel } from "../../core/acts/registered.ts";
import { readLog } from "../../core/registry/log.ts";
import { logReport } from "../../core/report/registry-reports.ts";
import type { LogResult } from "../../schemas/cli-output.ts";
import type { Outcome, Session } from "../command.ts";
import { withRegistry } from "../registry.ts";
import { reportText } from "../report-text.ts";

/** `slipway log [model]`: who did what, newest first. */
export async function run(
  session: Session,
  args: { model?: string },
  options: { remote?: string; limit?: number },
): Promise<Outcome> {
  return withRegistry(session, options.remote, async (registry) => {
    const snapshot = await registry.snapshot();
    // Acts are recorded under the folder's name, whatever the model is called since.
    const model = args.model === undefined ? undefined : (await knownModel(snapshot, args.model)).name;
    const { commit } = snapshot;
    const asked = { commit, limit: options.limit ?? 20, ...(model === undefined ? {} : { model }) };
    const entries = commit === undefined ? [] : await readLog(session.folder, asked);
    const result: LogResult = { entries };
    return { result, text: reportText(session, logReport(entries, model)) };
  });
}
