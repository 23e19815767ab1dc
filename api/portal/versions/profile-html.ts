import { html } from "hono/html";
import { formatNumber } from "../../../core/gates/number-words.ts";
import { visibleText } from "../../../core/report/escape-text.ts";
import { counted } from "../../../core/report/verdict-words.ts";
import type { ColumnProfile, DataProfile } from "../../../schemas/data-record.ts";
import type { Html, PageRequest } from "../request/page.ts";
import { pageNumber, pager } from "../view/pages.ts";

const PAGE = 25;
const MOST_VALUES = 10;
/** Of the profile's 63 cuts those that a reader wants: every eighth. */
const EVERY = 8;

/** A profile's columns, some at a time. A sensitive column has no values in it: its nulls are counted, and nothing else. */
export function profileHtml(request: PageRequest, { rows, columns }: DataProfile): Html {
  const text = request.query.get("q") ?? "";
  const found = Object.entries(columns).filter(([name]) => name.toLowerCase().includes(text.toLowerCase()));
  const last = Math.max(1, Math.ceil(found.length / PAGE));
  const page = Math.min(pageNumber(request.query), last);
  const shown = found.slice((page - 1) * PAGE, page * PAGE).map(([name, column]) => columnRow(name, column));
  return html`<section class="box" data-live="profile"><h2>Profile of the training data</h2><p role="status">${counted(rows, "row")}, ${counted(found.length, "column")}. Aggregates alone: of a column that the spec calls sensitive, its nulls.</p>
<form role="search" class="actions"><input type="hidden" name="tab" value="data"><div><label for="column">Columns whose name has</label><input id="column" type="search" name="q" value="${text}"></div><button>Search</button></form>
${shown.length === 0 ? html`<p class="empty">No column has that in its name.</p>` : html`<div class="scroll" role="region" aria-label="Columns" tabindex="0"><table><thead><tr><th scope="col">Column</th><th scope="col">Type</th><th scope="col" class="num">Nulls</th><th scope="col" class="num">Distinct</th><th scope="col" class="num">Least</th><th scope="col" class="num">Mean</th><th scope="col" class="num">Largest</th><th scope="col">Values</th></tr></thead><tbody>${shown}</tbody></table></div>`}
${pager(request, { page, last })}</section>`;
}

function columnRow(name: string, column: ColumnProfile): Html {
  const { type, nulls, distinct, min, mean, max } = column;
  const number = (value: number | undefined) => (value === undefined ? "–" : formatNumber(value));
  return html`<tr><th scope="row">${visibleText(name, 100)}</th><td>${type}</td><td class="num">${nulls}</td><td class="num">${distinct ?? "–"}</td><td class="num">${number(min)}</td><td class="num">${number(mean)}</td><td class="num">${number(max)}</td><td>${valuesHtml(column)}</td></tr>`;
}

/** Frequent values with their counts, or how the numbers lie, as a small table. */
function valuesHtml({ top, other, cuts = [], counts = [] }: ColumnProfile): Html | string {
  if (top !== undefined) {
    const rows = top.slice(0, MOST_VALUES).map(({ value, count }): [string, number] => [visibleText(value, 60), count]);
    const rest = top.slice(MOST_VALUES).reduce((sum, { count }) => sum + count, other ?? 0);
    return small("Value", [...rows, ...(rest === 0 ? [] : [["others", rest] as [string, number]])]);
  }
  if (cuts.length === 0) return "–";
  const ends = cuts.flatMap((_, at) => ((at + 1) % EVERY === 0 || at === cuts.length - 1 ? [at] : []));
  const rows = ends.map((at, place): [string, number] => {
    const from = place === 0 ? 0 : (ends[place - 1] as number) + 1;
    return [`up to ${formatNumber(cuts[at] as number)}`, sumOf(counts.slice(from, at + 1))];
  });
  return small("Range", [...rows, ["above", sumOf(counts.slice(cuts.length))]]);
}

function small(what: string, rows: readonly (readonly [string, number])[]): Html {
  return html`<details><summary>${rows.length} rows</summary><table><thead><tr><th scope="col">${what}</th><th scope="col" class="num">Rows</th></tr></thead><tbody>${rows.map(([value, count]) => html`<tr><td>${value}</td><td class="num">${count}</td></tr>`)}</tbody></table></details>`;
}

const sumOf = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);
