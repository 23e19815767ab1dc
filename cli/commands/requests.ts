import path from "node:path";
import { currentPolicy } from "../../core/acts/current-policy.ts";
import { exportLabelledRequests } from "../../core/acts/export-labelled-requests.ts";
import { knownModel } from "../../core/acts/registered.ts";
import { SlipwayError } from "../../core/errors.ts";
import { moment } from "../../core/moment.ts";
import { requestsReport } from "../../core/report/requests-report.ts";
import { counted } from "../../core/report/verdict-words.ts";
import { withRequests } from "../../core/serving/request-log/read-log.ts";
import { exportRows, newestRows, summarize } from "../../core/serving/request-log/summarize.ts";
import type { RequestsResult } from "../../schemas/cli-output.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { plainLine } from "../plain-text.ts";
import { withPorts } from "../ports.ts";
import { parseReference } from "../reference.ts";
import { reportText } from "../report-text.ts";

const SHOWN = 20;
const DAY = 24 * 60 * 60_000;

interface Options {
  remote?: string;
  since?: string;
  until?: string;
  limit?: number;
  out?: string;
  labelled?: boolean;
}

/** `slipway requests <model>`: what its versions were asked and answered, newest first; an export holds all that is found. */
export async function run(session: Session, args: { model: string }, options: Options): Promise<CommandOutcome> {
  const { signal } = session;
  const { limit = SHOWN } = options;
  const now = new Date();
  const since = moment("--since", options.since, now) ?? new Date(now.getTime() - DAY);
  const until = moment("--until", options.until, now, true);
  const out = options.out && path.resolve(session.folder, options.out);
  const { model } = parseReference(args.model);
  if (options.labelled && out === undefined)
    throw new SlipwayError("USAGE", "--labelled is for a file", {
      expected: "--out <file>: rows.parquet, rows.csv or rows.jsonl",
      found: "no --out",
    });
  return withPorts(session, options.remote, async (ports) => {
    const { requestLog, registry } = ports;
    if (requestLog === undefined)
      throw new SlipwayError("POLICY_INVALID", "The policy names no store for the request log: nothing is kept of it", {
        expected: "monitor: { requests: { store: file:.slipway/requests-log } } in slipway.yaml of the default branch",
        found: "no `monitor.requests`",
        hint: "docs/request-log.md says what is kept.",
      });
    // Requests are kept under the folder's name, whatever the model is called since.
    const { name } = await knownModel(await registry.snapshot(), model);
    const { store, spool } = requestLog;
    if (options.labelled && out !== undefined) {
      const policy = await currentPolicy(ports);
      const access = { env: session.env, store: policy.artifacts?.store, signal };
      const { rows, notes } = await exportLabelledRequests(
        { ...ports, requestLog },
        { model: name, since, until, out, access, signal },
      );
      for (const { message } of notes) session.progress.note(plainLine(message));
      const given = rows === 0 ? {} : { out };
      const result: RequestsResult = {
        ...{ model, since: since.toISOString(), versions: [], entries: [], labelled: rows, ...given },
      };
      const told =
        rows === 0 ? "no row has a label yet: nothing was written" : `${counted(rows, "labelled row")} in ${out}`;
      return { result, text: told };
    }
    return withRequests({ store, spool, signal }, { model: name, since, until }, async (db, folder) => {
      if (out !== undefined) await exportRows(db, folder, out);
      const result: RequestsResult = {
        ...{ model, since: since.toISOString(), versions: await summarize(db) },
        ...{ entries: out === undefined ? await newestRows(db, limit) : [] },
        ...(out === undefined ? {} : { out }),
      };
      return { result, text: reportText(session, requestsReport(result)) };
    });
  });
}
