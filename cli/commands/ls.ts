import { listReport } from "../../core/report/registry-reports.ts";
import type { ListResult } from "../../schemas/cli-output.ts";
import type { Outcome, Session } from "../command.ts";
import { withRegistry } from "../registry.ts";
import { reportText } from "../report-text.ts";

const PAGE = 100;

/** `slipway ls`: what is registered, a page at a time. */
export async function run(
  session: Session,
  _args: object,
  options: { remote?: string; limit?: number; after?: string },
): Promise<Outcome> {
  return withRegistry(session, options.remote, async (registry) => {
    const snapshot = await registry.snapshot();
    const limit = options.limit ?? PAGE;
    const page = { limit: limit + 1, ...(options.after === undefined ? {} : { after: options.after }) };
    const names = await snapshot.models(page);
    const shown = names.slice(0, limit);
    const records = await Promise.all(shown.map((name) => snapshot.model(name)));
    const models = records.filter((record) => record !== undefined);
    const next = names.length > limit ? shown.at(-1) : undefined;
    const result: ListResult = { models, ...(next === undefined ? {} : { next }) };
    return { result, text: reportText(session, listReport(models, next !== undefined)) };
  });
}
