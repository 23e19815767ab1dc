import { html } from "hono/html";
import { isNumber } from "../../../core/gates/gate-evidence.ts";
import { formatInterval } from "../../../core/gates/number-words.ts";
import { isRetired } from "../../../core/promotion/apply-change.ts";
import type { CatalogModel } from "../../../core/registry/catalog.ts";
import { visibleText } from "../../../core/report/escape-text.ts";
import { shownInterval, valueWords } from "../../../core/report/metric-words.ts";
import { stagesHolding } from "../../../core/report/registry-reports.ts";
import { scalarMetrics } from "../../../core/report/scalar-metrics.ts";
import type { MetricValue } from "../../../schemas/evaluation.ts";
import type { VersionMetadata } from "../../../schemas/version-metadata.ts";
import type { ListedVersion } from "../model-index/listed-version.ts";
import type { PortalHost } from "../request/host.ts";
import type { Html } from "../request/page.ts";
import { commitLink, pullLink, versionPath } from "../view/links.ts";
import { timeHtml } from "../view/time.ts";

const MOST_TAGS = 5;
const MOST_ALIASES = 5;

/** A version's row in its model's table; the box chooses it for a comparison. */
export function versionRow(
  host: PortalHost,
  { displayName, record }: CatalogModel,
  listed: ListedVersion,
  { metrics, metadata }: { metrics: readonly string[]; metadata: VersionMetadata | undefined },
): Html {
  const { version, registered_at, registered_by, source, imported, evaluation } = listed;
  const values = new Map(scalarMetrics(evaluation.metrics));
  const cells = metrics.map((name) => metricCell(name, values.get(name)));
  return html`<tr><td><input type="checkbox" name="v" value="${version}" form="compare" aria-label="Compare version ${version}"></td>
<td class="num"><a href="${versionPath(host, displayName, version)}">${version}</a></td>
<td>${standsBadges(record, version)}${tagBadges(metadata)}</td>${cells}
<td>${timeHtml(registered_at)}</td><td>${visibleText(registered_by.name, 60)}</td>
<td>${imported === undefined ? commitLink(host, source.commit) : html`<span class="quiet">imported</span>`}</td>
<td>${source.pull_request === undefined ? "" : pullLink(host, source.pull_request)}</td></tr>`;
}

/** What is undefined says why on hover: the whole sentence would be the widest column. */
function metricCell(name: string, value: MetricValue | undefined): Html {
  if (!isNumber(value?.value))
    return html`<td class="num"><span class="quiet" title="${value?.reason ?? "not measured"}">–</span></td>`;
  const interval = shownInterval(value.intervals);
  return html`<td class="num">${valueWords(name, value)}${interval === undefined ? "" : html` <span class="quiet">${formatInterval(interval)}</span>`}</td>`;
}

/** Stages, aliases, and what became of it. */
function standsBadges(record: CatalogModel["record"], version: number): Html {
  const stages = stagesHolding(record, version).map((stage) => html`<span class="badge good">${stage}</span> `);
  const rolling = Object.entries(record.rollouts ?? {}).flatMap(([stage, state]) =>
    state.version === version ? [html`<span class="badge warn">rolls out to ${stage}</span> `] : [],
  );
  const aliases = Object.entries(record.aliases).flatMap(([alias, led]) =>
    led === version ? [html`<span class="badge">@${visibleText(alias, 60)}</span> `] : [],
  );
  const isWithdrawn = Object.hasOwn(record.withdrawn ?? {}, String(version));
  const gone = isRetired(record, version)
    ? html`<span class="badge bad">${isWithdrawn ? "withdrawn" : "deprecated"}</span> `
    : Object.hasOwn(record.archived ?? {}, String(version))
      ? html`<span class="badge">archived</span> `
      : "";
  const more = aliases.length - MOST_ALIASES;
  return html`${stages}${rolling}${gone}${aliases.slice(0, MOST_ALIASES)}${more > 0 ? html`<span class="quiet">${more} more aliases</span> ` : ""}`;
}

function tagBadges(metadata: VersionMetadata | undefined): Html {
  const tags = Object.entries(metadata?.tags ?? {});
  const more = tags.length - MOST_TAGS;
  const shown = tags
    .slice(0, MOST_TAGS)
    .map(([key, value]) => html`<span class="badge">${tagWords(key, value)}</span> `);
  return html`${shown}${more > 0 ? html`<span class="quiet">${more} more tags</span>` : ""}`;
}

export function tagWords(key: string, value: string): string {
  return visibleText(value === "" ? key : `${key}: ${value}`, 60);
}
