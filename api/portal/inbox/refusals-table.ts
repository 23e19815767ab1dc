import { html } from "hono/html";
import type { Catalog } from "../../../core/registry/catalog.ts";
import { visibleText } from "../../../core/report/escape-text.ts";
import type { PortalHost } from "../request/host.ts";
import type { Html } from "../request/page.ts";
import { commitLink, versionPath } from "../view/links.ts";
import { timeHtml } from "../view/time.ts";
import type { OwnRefusal } from "./own-refusals.ts";

const MOST_REASONS = 5;

/** What a person asked for and did not get, with why. */
export function refusalsTable(host: PortalHost, catalog: Catalog, refusals: readonly OwnRefusal[]): Html {
  return html`<div class="scroll" role="region" aria-label="Refusals" tabindex="0"><table>
<thead><tr><th scope="col">When</th><th scope="col">Version</th><th scope="col">Stage</th><th scope="col">Why</th><th scope="col">Since then</th><th scope="col">Record</th></tr></thead>
<tbody>${refusals.map((each) => row(host, catalog, each))}</tbody></table></div>`;
}

function row(
  host: PortalHost,
  catalog: Catalog,
  { entry, model: name, version, stage, by, why, codes }: OwnRefusal,
): Html {
  const model = catalog.find(name);
  const called = model?.displayName ?? name;
  const live = model?.record.stages[stage]?.version;
  const since =
    live === version
      ? html`<span class="badge good">in ${stage}</span>`
      : live === undefined
        ? "–"
        : html`version ${live} is there`;
  const more = why.length - MOST_REASONS;
  const reasons = html`${why.slice(0, MOST_REASONS).map((each) => html`<div>${visibleText(each, 300)}</div>`)}${more > 0 ? html`<div class="quiet">and ${more} more</div>` : ""}`;
  const who = by === undefined ? "" : html`<div>${visibleText(by.name)} said no</div>`;
  return html`<tr><td>${timeHtml(entry.at)}</td><td><a href="${versionPath(host, called, version)}">${visibleText(called)} ${version}</a></td><td>${stage}</td><td>${who}${reasons}${codes.map((code) => html`<code>${code}</code> `)}</td><td>${since}</td><td>${commitLink(host, entry.commit)}</td></tr>`;
}
