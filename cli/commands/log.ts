import { referredVersion } from "../../core/acts/reference.ts";
import { knownModel } from "../../core/acts/registered.ts";
import { SlipwayError } from "../../core/errors.ts";
import { moment } from "../../core/moment.ts";
import { type ReasonedEntry, withReason } from "../../core/registry/log-reasons.ts";
import { searchLog } from "../../core/registry/search-log.ts";
import { logCsv, logLines } from "../../core/report/log-export.ts";
import { logReport } from "../../core/report/registry-reports.ts";
import type { LogResult } from "../../schemas/cli-output.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { parseReference } from "../reference.ts";
import { withRegistry } from "../registry.ts";
import { reportText } from "../report-text.ts";
import type { LogFormat } from "../table/choices.ts";

const SHOWN = 20;

interface LogOptions {
  remote?: string;
  limit?: number;
  act?: string;
  by?: string;
  stage?: string;
  since?: string;
  until?: string;
  format?: LogFormat;
}

/** `slipway log [model[@version]]`: who did what, and why, newest first; an export holds all that is found. */
export async function run(session: Session, args: { model?: string }, options: LogOptions): Promise<CommandOutcome> {
  const { remote, act, by, stage, format } = options;
  if (format !== undefined && session.json)
    throw new SlipwayError("USAGE", "--json is one document, and --format another form: take one of the two");
  const now = new Date();
  const since = moment("--since", options.since, now);
  const until = moment("--until", options.until, now, true);
  const limit = options.limit ?? (format === undefined ? SHOWN : Number.POSITIVE_INFINITY);
  return withRegistry(session, remote, async (registry) => {
    const snapshot = await registry.snapshot();
    const { commit } = snapshot;
    // Acts are recorded under the folder's name, whatever the model is called since.
    const reference = args.model === undefined ? undefined : parseReference(args.model);
    const record = reference && (await knownModel(snapshot, reference.model));
    const version = reference && record && referredVersion(record, reference);
    const entries: ReasonedEntry[] = [];
    if (commit !== undefined)
      for await (const entry of searchLog(session.folder, commit, {
        ...{ model: record?.name, version, stage, by, act, since, until },
      })) {
        entries.push(await withReason(snapshot, entry));
        if (entries.length >= limit) break;
      }
    const result: LogResult = { entries };
    if (format !== undefined) return { result, text: "", raw: format === "csv" ? logCsv(entries) : logLines(entries) };
    return { result, text: reportText(session, logReport(entries, args.model)) };
  });
}
