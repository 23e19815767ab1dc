import { logCsv, logLines } from "../../../core/report/log-export.ts";
import type { Download, PageRequest } from "../request/page.ts";
import { askedActs } from "./asked.ts";
import { branchTip } from "./branch-tip.ts";
import { findActs } from "./find-acts.ts";

/** A file has no more acts; `slipway log --format` writes them all. */
const MOST = 10_000;
const PART = 1_000;

const FORMS = {
  csv: { type: "text/csv; charset=utf-8", write: logCsv },
  jsonl: { type: "application/x-ndjson", write: logLines },
};

/** `/timeline.csv` and `/timeline.jsonl`: what the page's filters find, in `slipway log`'s own forms. */
export function timelineFile(form: keyof typeof FORMS) {
  return async (request: PageRequest): Promise<Download> => {
    const { host, query, now } = request;
    let asked = askedActs(query, await request.catalog(), now);
    const tip = await branchTip(request, asked.branch);
    const acts: Awaited<ReturnType<typeof findActs>>["acts"] = [];
    let isCut = false;
    do {
      const found = await findActs(host.ports.objects, tip, asked, PART);
      acts.push(...found.acts);
      asked = { ...asked, before: found.older };
      isCut = found.older !== undefined;
    } while (isCut && acts.length < MOST);
    const { type, write } = FORMS[form];
    // The name is the one place of a table where it can be said that it is a part.
    return { name: `timeline${isCut ? `-newest-${acts.length}` : ""}.${form}`, type, body: write(acts) };
  };
}
