import path from "node:path";
import { knownModel } from "../../core/acts/registered.ts";
import { SlipwayError } from "../../core/errors.ts";
import { requestsReport } from "../../core/report/requests-report.ts";
import { withRequests } from "../../core/serving/request-log/read-log.ts";
import { exportRows, newestRows, summarize } from "../../core/serving/request-log/summarize.ts";
import type { RequestsResult } from "../../schemas/cli-output.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { moment } from "../moment.ts";
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
  return withPorts(session, options.remote, async ({ requestLog, registry }) => {
    if (requestLog === undefined)
      throw new SlipwayError("POLICY_INVALID", "The policy names no store for the request log: nothing is kept of it", {
        expected: "monitor: { requests: { store: file:.slipway/requests } } in slipway.yaml of the default branch",
        found: "no `monitor.requests`",
        hint: "docs/request-log.md says what is kept.",
      });
    // Requests are kept under the folder's name, whatever the model is called since.
    const { name } = await knownModel(await registry.snapshot(), model);
    const { store, spool } = requestLog;
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
