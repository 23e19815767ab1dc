import { html } from "hono/html";
import { visibleText } from "../../../core/report/escape-text.ts";
import type { Html, PageRequest } from "../request/page.ts";
import { pathTo } from "../view/links.ts";
import { pageNumber, pager } from "../view/pages.ts";

const PAGE = 50;

/** Which model's lineage: every model, or those whose name has the words. */
export async function chooseModel(request: PageRequest): Promise<Html> {
  const { host, query } = request;
  const { models } = await request.catalog();
  const words = (query.get("q") ?? "").trim().toLowerCase();
  const found = words === "" ? models : models.filter(({ displayName }) => displayName.toLowerCase().includes(words));
  const last = Math.max(1, Math.ceil(found.length / PAGE));
  const page = Math.min(pageNumber(query), last);
  const items = found
    .slice((page - 1) * PAGE, page * PAGE)
    .map(
      ({ displayName }) =>
        html`<li><a href="${pathTo(host, ["lineage"], { model: displayName })}">${visibleText(displayName, 100)}</a></li>`,
    );
  const none =
    models.length === 0
      ? "No model is registered yet. Merge a pull request that trains one."
      : "No model is called so.";
  return html`<p>What a version came from, and where it went: choose a model.</p>
<form role="search" action="${host.base}/lineage" class="actions"><div><label for="q">Model</label><input type="search" id="q" name="q" value="${query.get("q") ?? ""}"></div><button>Search</button></form>
<div data-live="models">${items.length === 0 ? html`<p class="empty" role="status">${none}</p>` : html`<ul>${items}</ul>`}${pager(request, { page, last })}</div>
${dataForm(request)}`;
}

/** Asks which models use a data set. */
export function dataForm({ host, query }: PageRequest): Html {
  return html`<form action="${host.base}/lineage" class="actions"><div><label for="data">Data set, by its sha256</label><input id="data" name="data" size="40" maxlength="64" value="${query.get("data") ?? ""}"></div><button>Who uses it</button></form>`;
}
