import { html } from "hono/html";
import { counted } from "../../../core/report/verdict-words.ts";
import type { Html, Page, PageRequest } from "../request/page.ts";
import { pathTo } from "../view/links.ts";
import { pager, sameList, sortLink, sortOrder } from "../view/pages.ts";
import { type AskedRuns, askedRuns, type ValueColumn } from "./asked-runs.ts";
import { columnsForm, runSearchForm } from "./forms.ts";
import { allRuns } from "./open-runs.ts";
import { isText, runRow } from "./run-row.ts";
import { runsPictures } from "./runs-pictures.ts";

/** Seconds until the page looks again while something runs. */
const SOON = 3;

/** `/experiments`: every run that was kept, or those that a search finds. */
export async function experimentsPage(request: PageRequest): Promise<Page> {
  const { host, query } = request;
  const runs = await allRuns(host);
  const asked = askedRuns(runs, query);
  const isRunning = asked.shown.some(({ status }) => status === "running");
  const body = html`<h1>Experiments</h1>
${
  runs.length === 0
    ? nothingYet(request)
    : html`${runSearchForm(request, asked)}
<div data-live="runs">${refusedHtml(asked)}${resultsHtml(request, asked)}${pager(request, asked)}</div>
${asked.shown.length < 2 ? "" : html`${runsPictures(request, asked)}${columnsForm(request, asked)}`}`
}`;
  return { title: "Experiments", tab: "experiments", body, ...(isRunning ? { refresh: SOON } : {}) };
}

function refusedHtml({ refused }: AskedRuns): Html | "" {
  if (refused === undefined) return "";
  return html`<p class="warning" role="alert">${refused} <span class="quiet">All runs are shown. <code>SEARCH_INVALID</code></span></p>`;
}

function resultsHtml(request: PageRequest, { found, shown, columns, sort, filter }: AskedRuns): Html {
  const { host } = request;
  if (found.length === 0)
    return html`<p role="status">No run is found.</p><p class="empty">Nothing matches <code>${filter.slice(0, 500)}</code>. <a href="${sameList(request, { q: undefined, page: undefined })}">Show all runs</a></p>`;
  const head = (title: Html | string, key?: string, isNumber = false, first?: "ascending" | "descending") => {
    const about = isNumber ? html` class="num"` : "";
    return key === undefined || typeof title !== "string"
      ? html`<th scope="col"${about}>${title}</th>`
      : html`<th scope="col"${about} aria-sort="${sortOrder(key, sort)}">${sortLink(request, title, key, sort, first)}</th>`;
  };
  const own = shown.some((run) => columns.some(({ kind, name }) => kind === "metric" && isOwn(run, name)));
  return html`<p class="quiet" role="status">${counted(found.length, "run")}</p>
<form method="get" action="${pathTo(host, ["experiments", "compare"])}">
<div class="scroll" role="region" aria-label="Runs" tabindex="0"><table><thead><tr>
${head(html`<span class="hidden">Compare</span>`)}${head("Run", "run_id")}${head("Model", "model")}${head("Status", "status")}
${columns.map((column) => head(column.name, column.key, !isTextColumn(shown, column), bestFirst(shown, column)))}
${head("Gates")}${head("From", "source")}${head("Took", "seconds", true)}${head("Started", "start_time", false, "descending")}${head("Note", "note")}
</tr></thead><tbody>${shown.map((run) => runRow(host, run, columns))}</tbody></table></div>
<p class="actions"><button>Compare the chosen ones</button>${own ? html`<span class="quiet">† The program's own word: no gate reads it.</span>` : ""}</p></form>`;
}

/** What is best comes first: of most metrics what is largest. */
function bestFirst(runs: AskedRuns["shown"], { kind, name }: ValueColumn): "ascending" | "descending" {
  const greater = runs.map(({ metrics }) => metrics[name]?.greater_is_better).find((each) => each !== undefined);
  return kind === "metric" && greater !== false ? "descending" : "ascending";
}

function isTextColumn(runs: AskedRuns["shown"], column: ValueColumn): boolean {
  return runs.some((run) => isText(run, column));
}

function isOwn({ metrics, tracked }: AskedRuns["shown"][number], name: string): boolean {
  return !Object.hasOwn(metrics, name) && Object.hasOwn(tracked?.metrics ?? {}, name);
}

function nothingYet({ host }: PageRequest): Html {
  const here = host.runs === undefined ? "" : html`<code>slipway run</code> makes a run here, and `;
  return html`<p class="empty">No run was kept yet. ${here}every pull request that changes a model brings one; <code>slipway runs share</code> brings yours.</p>`;
}
