import { html } from "hono/html";
import { SlipwayError } from "../../../core/errors.ts";
import { counted } from "../../../core/report/verdict-words.ts";
import { findModels, type Listing } from "../model-index/find-models.ts";
import { type IndexedModel, modelIndex } from "../model-index/open-index.ts";
import type { Html, Page, PageRequest } from "../request/page.ts";
import { pageNumber, pager, sameList, sortLink, sortOrder } from "../view/pages.ts";
import { modelRow } from "./model-row.ts";
import { searchForm } from "./search-form.ts";

const PAGE = 50;
/** Seconds until the page looks again whether more models are counted. */
const SOON = 2;

/** A column, and what it is sorted by, if it is. */
const COLUMNS: readonly (readonly [title: string, sort?: string])[] = [
  ["Model", "name"],
  ["Latest", "version"],
  ["Live", "stage"],
  ["Gates of the latest"],
  ["Monitoring", "state"],
  ["Owner", "owner"],
  ["Changed", "last_updated_timestamp"],
];

/** `/`: every model, or those that a search finds. */
export async function modelsPage(request: PageRequest): Promise<Page> {
  const { host, query } = request;
  const catalog = await request.catalog();
  const index = modelIndex(host);
  const listing: Listing = {
    models: await index.models(catalog),
    setup: await index.setup(),
    standings: await index.standings(catalog),
  };
  const [filter, sort] = [query.get("q") ?? "", query.get("sort") ?? ""];
  const { found, refused } = searched(listing, filter, sort);
  const last = Math.max(1, Math.ceil(found.length / PAGE));
  const page = Math.min(pageNumber(query), last);
  const shown = found.slice((page - 1) * PAGE, page * PAGE);
  const rows = await Promise.all(shown.map((each) => modelRow(host, each, listing)));
  const { pending } = listing.standings;
  const body = html`<h1>Models</h1>
${listing.models.length === 0 ? "" : searchForm(request, filter, sort)}
<div data-live="models">${refused === undefined ? "" : html`<p class="warning" role="alert">${refused} <span class="quiet">All models are shown. <code>SEARCH_INVALID</code></span></p>`}
${listing.models.length === 0 ? nothingYet() : resultsHtml(request, { found, rows, sort, filter })}
${pending === 0 ? "" : html`<p class="quiet">Monitoring of ${counted(pending, "model")} is being counted.</p>`}
${pager(request, { page, last })}</div>`;
  return { title: "Models", tab: "models", body, ...(pending === 0 ? {} : { refresh: SOON }) };
}

/** A filter that is not finished yet is no error of the page: it says what is missing, and shows all. */
function searched(
  listing: Listing,
  filter: string,
  sort: string,
): { found: readonly IndexedModel[]; refused?: string | undefined } {
  try {
    return { found: findModels(listing, filter, sort) };
  } catch (error) {
    if (!(error instanceof SlipwayError) || error.code !== "SEARCH_INVALID") throw error;
    return { found: listing.models, refused: error.message };
  }
}

function resultsHtml(
  request: PageRequest,
  {
    found,
    rows,
    sort,
    filter,
  }: { found: readonly IndexedModel[]; rows: readonly Html[]; sort: string; filter: string },
): Html {
  if (found.length === 0)
    return html`<p role="status">No model is found.</p><p class="empty">Nothing matches <code>${filter.slice(0, 500)}</code>. <a href="${sameList(request, { q: undefined, page: undefined })}">Show all models</a></p>`;
  const order = sort === "" ? "name" : sort;
  const heads = COLUMNS.map(([title, key]) =>
    key === undefined
      ? html`<th scope="col">${title}</th>`
      : html`<th scope="col" aria-sort="${sortOrder(key, order)}">${sortLink(request, title, key, order)}</th>`,
  );
  return html`<p class="quiet" role="status">${counted(found.length, "model")}</p>
<div class="scroll" role="region" aria-label="Models" tabindex="0"><table><thead><tr>${heads}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

function nothingYet(): Html {
  return html`<p class="empty">No model is registered yet. Merge a pull request that trains one, or run <code>slipway register</code>.</p>`;
}
