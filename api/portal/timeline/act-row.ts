import { html } from "hono/html";
import type { Catalog } from "../../../core/registry/catalog.ts";
import type { ReasonedEntry } from "../../../core/registry/log-reasons.ts";
import { visibleText } from "../../../core/report/escape-text.ts";
import type { PortalHost } from "../request/host.ts";
import type { Html } from "../request/page.ts";
import { commitLink, modelPath, outsideLink, versionPath } from "../view/links.ts";
import { timeHtml } from "../view/time.ts";

/** Characters of what somebody wrote; the files for download have all of it. */
const LONGEST = 400;
const MOST_REFUSALS = 3;

/** One act as a row: when, who, what, about which model, why, and its commit. */
export function actRow(host: PortalHost, catalog: Catalog, entry: ReasonedEntry): Html {
  const { at, actor, commit, subject, outcome, act, host: where } = entry;
  const refused = outcome === "refused" ? html` <span class="badge bad">refused</span>` : "";
  const byHand = act === undefined ? html` <span class="badge warn">no act</span>` : "";
  const through = where === undefined ? "" : html` <span class="quiet">${visibleText(where, 20)}</span>`;
  return html`<tr><td class="nowrap">${timeHtml(at)}</td><td class="nowrap" title="${visibleText(actor.id, 100)}">${visibleText(actor.name, 80)}${through}</td>
<td>${visibleText(subject, 200)}${refused}${byHand}</td><td>${about(host, catalog, entry)}</td><td>${why(entry)}</td><td class="nowrap">${commitLink(host, commit)}</td></tr>`;
}

function about(host: PortalHost, catalog: Catalog, { model, version, stage }: ReasonedEntry): Html | "" {
  if (model === undefined) return "";
  const found = catalog.find(model);
  const name = found?.displayName ?? model;
  const shown = visibleText(name, 80);
  const linked = found === undefined ? html`${shown}` : html`<a href="${modelPath(host, name)}">${shown}</a>`;
  const isThere = found !== undefined && version !== undefined && version <= found.record.latest_version;
  const numbered =
    version === undefined
      ? ""
      : isThere
        ? html` <a href="${versionPath(host, name, version)}">version ${version}</a>`
        : html` version ${version}`;
  const isShort = shown.length <= 40;
  return html`<span${isShort ? html` class="nowrap"` : ""}>${linked}${numbered}</span>${stage === undefined ? "" : html` <span class="badge">${visibleText(stage, 50)}</span>`}`;
}

function why({ reason, refusals = [], asked_by, approved_by = [], url, bytes, unreadable }: ReasonedEntry): Html {
  const more = refusals.length - MOST_REFUSALS;
  const lines: (Html | string)[] = [
    ...(reason === undefined ? [] : [visibleText(reason, LONGEST)]),
    ...refusals.slice(0, MOST_REFUSALS).map((each) => visibleText(each, LONGEST)),
    ...(more > 0 ? [`and ${more} more refusals`] : []),
    ...(asked_by === undefined ? [] : [`asked for by ${visibleText(asked_by.name, 80)}`]),
    ...(approved_by.length === 0
      ? []
      : [
          `approved by ${approved_by
            .slice(0, 10)
            .map(({ name }) => visibleText(name, 80))
            .join(", ")}`,
        ]),
    ...(bytes === undefined ? [] : [visibleText(bytes, 200)]),
    ...(unreadable === undefined
      ? []
      : [html`<span class="badge bad">unreadable</span> ${visibleText(unreadable, 200)}`]),
    ...(url === undefined ? [] : [outsideLink(url, "where it was asked for")]),
  ];
  return html`${lines.map((line, at) => html`${at === 0 ? "" : html`<br>`}${line}`)}`;
}
