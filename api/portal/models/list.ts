import { html } from "hono/html";
import type { Page, PageRequest } from "../request/page.ts";
import { modelPath, versionPath } from "../view/links.ts";
import { pageNumber, pager } from "../view/pages.ts";
import { timeHtml } from "../view/time.ts";

const PAGE = 50;

/** `/`: every model. */
export async function modelsPage(request: PageRequest): Promise<Page> {
  const { host } = request;
  const { models } = await request.catalog();
  const last = Math.max(1, Math.ceil(models.length / PAGE));
  const page = Math.min(pageNumber(request.query), last);
  const shown = models.slice((page - 1) * PAGE, page * PAGE);
  const rows = shown.map(({ displayName, record }) => {
    const stages = Object.entries(record.stages).map(
      ([stage, { version }]) =>
        html`<a class="badge" href="${versionPath(host, displayName, version)}">${stage}: ${version}</a> `,
    );
    return html`<tr><td><a href="${modelPath(host, displayName)}">${displayName}</a></td><td>${stages}</td><td>${timeHtml(record.updated_at)}</td></tr>`;
  });
  const empty = html`<p class="empty">No model is registered yet. Merge a pull request that trains one, or run <code>slipway register</code>.</p>`;
  const table = html`<div class="scroll" role="region" aria-label="Models" tabindex="0"><table><thead><tr><th scope="col">Model</th><th scope="col">Stages</th><th scope="col">Changed</th></tr></thead><tbody>${rows}</tbody></table></div>`;
  const body = html`<h1>Models</h1>${models.length === 0 ? empty : table}${pager(request, { page, last })}`;
  return { title: "Models", tab: "models", body };
}
