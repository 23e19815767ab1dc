import { html } from "hono/html";
import { visibleText } from "../../../core/report/escape-text.ts";
import { counted } from "../../../core/report/verdict-words.ts";
import type { Html, PageRequest } from "../request/page.ts";
import { pageNumber, pager } from "../view/pages.ts";
import { MOST_WRONG, wrongRows } from "./from-rows.ts";
import type { ShownVersion } from "./load-version.ts";
import { partOr } from "./problem-note.ts";

const PAGE = 50;

/** The test rows that the version got wrong, by their ids alone: what is in them stays where it is. */
export async function errorsTab(request: PageRequest, shown: ShownVersion): Promise<Html> {
  return html`${await partOr(async () => {
    const { rows, wrong, isOrdered, first } = await wrongRows(request.host, shown);
    if (wrong === 0) return html`<p class="empty">None of ${counted(rows, "test row")} is wrong.</p>`;
    const last = Math.max(1, Math.ceil(first.length / PAGE));
    const page = Math.min(pageNumber(request.query), last);
    const list = first.slice((page - 1) * PAGE, page * PAGE);
    const hasId = list.some(({ id }) => id !== undefined);
    return html`<p>${wrong} of ${counted(rows, "test row")} wrong${isOrdered ? ", the surest or largest mistakes first" : ""}${wrong > MOST_WRONG ? `, the first ${MOST_WRONG} of them` : ""}. Ids alone: <code>slipway errors ${shown.model.name}@${shown.version}</code> shows labels and predictions on a machine of yours.</p>
<div class="scroll" role="region" aria-label="Wrong rows" tabindex="0"><table><thead><tr><th scope="col" class="num">Row</th>${hasId ? html`<th scope="col">Id</th>` : ""}</tr></thead><tbody>${list.map(({ row, id }) => html`<tr><td class="num">${row}</td>${hasId ? html`<td>${visibleText(id ?? "–", 200)}</td>` : ""}</tr>`)}</tbody></table></div>
${pager(request, { page, last })}`;
  })}`;
}
