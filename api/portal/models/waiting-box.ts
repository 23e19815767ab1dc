import { html } from "hono/html";
import type { CatalogModel } from "../../../core/registry/catalog.ts";
import { visibleText } from "../../../core/report/escape-text.ts";
import type { PromotionRequest } from "../../../schemas/promotion-request.ts";
import type { Html, PageRequest } from "../request/page.ts";
import { pathTo, versionPath } from "../view/links.ts";
import { timeHtml } from "../view/time.ts";

const MOST = 20;

/** Requests that wait for approvals; nothing where none does. */
export function waitingBox(
  { host }: PageRequest,
  { displayName }: CatalogModel,
  waiting: readonly PromotionRequest[],
): Html | "" {
  if (waiting.length === 0) return "";
  const rows = waiting.slice(-MOST).map(({ version, stage, requested_by, requested_at, reason }) => {
    const why = reason === undefined ? "" : ` “${visibleText(reason, 300)}”`;
    return html`<li><a href="${versionPath(host, displayName, version)}">Version ${version}</a> for ${stage}, asked for by ${visibleText(requested_by.name)} ${timeHtml(requested_at)}${why}</li>`;
  });
  return html`<section class="box"><h2>Waiting for approvals</h2><ul>${rows}</ul><a href="${pathTo(host, ["inbox"])}">Inbox</a></section>`;
}
