import { html } from "hono/html";
import type { Html, PageRequest } from "../request/page.ts";
import { type AskedRuns, possibleColumns, type ValueColumn } from "./asked-runs.ts";

const EXAMPLES: readonly (readonly [filter: string, finds: string])[] = [
  ["deeper trees", "both words, in models' names, ids, notes and what --set said"],
  ["metrics.accuracy > 0.9", "with such a value"],
  ["params.depth = '6' AND status = 'FINISHED'", "params are text"],
  ["source = 'pull' AND start_time > '2026-11-01'", "local, pull or shared; since a day"],
  ["starred = 1", "with a star"],
];
const MOST_CHOICES = 60;

/** The search box, with what can be typed into it. */
export function runSearchForm({ host, query }: PageRequest, { filter, sort }: AskedRuns): Html {
  const rows = EXAMPLES.map(([each, finds]) => html`<dt><code>${each}</code></dt><dd>${finds}</dd>`);
  return html`<form role="search" action="${host.base}/experiments" method="get" class="actions">
<div><label for="q">Search runs</label><input type="search" id="q" name="q" value="${filter}" maxlength="2000" autocomplete="off" spellcheck="false"></div>
${sort === "" ? "" : html`<input type="hidden" name="sort" value="${sort}">`}${kept(query, "cols")}<button>Search</button></form>
<details><summary>What can be searched for</summary><dl>${rows}</dl></details>`;
}

/** Which values are columns. */
export function columnsForm({ host }: PageRequest, { filter, sort, columns, found }: AskedRuns): Html {
  const chosen = new Set(columns.map(({ key }) => key));
  const possible = possibleColumns(found.slice(0, 500));
  const shown = [...columns, ...possible.filter(({ key }) => !chosen.has(key))].slice(0, MOST_CHOICES);
  const box = ({ kind, name, key }: ValueColumn) =>
    html`<label class="inline"><input type="checkbox" name="cols" value="${key}"${chosen.has(key) ? html` checked` : ""}> ${name} <span class="quiet">${kind}</span></label> `;
  return html`<details class="box"><summary><h2>Columns</h2></summary><form method="get" action="${host.base}/experiments">
${filter === "" ? "" : html`<input type="hidden" name="q" value="${filter}">`}${sort === "" ? "" : html`<input type="hidden" name="sort" value="${sort}">`}
<fieldset class="plain"><legend class="hidden">Columns</legend>${shown.map(box)}</fieldset><p><button>Show these</button></p></form></details>`;
}

/** What a form sends along, of the query that its page has. */
export function kept(query: URLSearchParams, ...names: readonly string[]): Html[] {
  return names.flatMap((name) =>
    query.getAll(name).map((value) => html`<input type="hidden" name="${name}" value="${value}">` as Html),
  );
}
