import { html } from "hono/html";
import { formatNumber, formatPercent } from "../../../core/gates/number-words.ts";
import { formatMonitoringPath } from "../../../core/monitoring/paths.ts";
import { visibleText } from "../../../core/report/escape-text.ts";
import { dayWords } from "../../../core/report/window-words.ts";
import type { Alarm } from "../../../schemas/monitoring.ts";
import type { PortalHost } from "../request/host.ts";
import type { Html, PageRequest } from "../request/page.ts";
import { commitLink, versionPath } from "../view/links.ts";
import { sameList } from "../view/pages.ts";
import type { Live } from "./load-live.ts";

const MOST = 50;
const MOST_WINDOWS = 6;

/** What is wrong, since when, and the records that say so. */
export function alarmsBox(request: PageRequest, live: Live): Html | "" {
  const { host } = request;
  const { alarms } = live.state;
  const { monitoring, model } = live;
  if (alarms.length === 0 || monitoring === undefined) return "";
  const titles = ["Alarm", "Version", "Began", "Share of rows", "Rests on", "Seen in the windows"];
  const rows = alarms
    .slice(0, MOST)
    .map(
      (alarm) =>
        html`<tr><td><span class="mark fail" role="img" aria-label="alarm">✗</span> ${visibleText(alarm.words, 600)}</td><td class="num"><a href="${versionPath(host, model.displayName, alarm.version)}">${alarm.version}</a></td><td class="nowrap">${dayWords(alarm.since)}</td><td class="num">${alarm.share === undefined ? "–" : formatPercent(alarm.share)}</td><td>${restsOn(alarm)}</td><td>${windows(request, live, alarm)}</td></tr>`,
    );
  const more =
    alarms.length > MOST
      ? html`<p class="quiet">${formatNumber(alarms.length - MOST)} more alarms are not shown.</p>`
      : "";
  return html`<section class="box"><h2>Alarms</h2><div class="scroll" role="region" aria-label="Alarms" tabindex="0"><table><thead><tr>${titles.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>${more}
<p class="quiet">They follow from the records of the branch <code>monitoring</code> at ${commitLink(host, monitoring)}: <code>slipway verify</code> counts again.</p></section>`;
}

function restsOn({ kind, sure }: Alarm): string {
  if (kind === "bar") return sure ? "labels, surely" : "labels";
  return kind === "rules" ? "the spec’s rules" : "inputs alone";
}

/** The newest windows in which it was seen: each leads to what was found there, and to its record. */
function windows(request: PageRequest, live: Live, { windows, version }: Alarm): Html {
  const { host } = request;
  const shown = windows.slice(-MOST_WINDOWS);
  const more = windows.length - shown.length;
  const each = shown.map(
    (from) =>
      html`<a class="nowrap" href="${sameList(request, { window: from, version })}">${dayWords(from)}</a>${recordLink(host, live, version, from)} `,
  );
  return html`${each}${more > 0 ? html`<span class="quiet">and ${more} before</span>` : ""}`;
}

/** To the record itself, where the repository's host shows it. */
export function recordLink({ url }: PortalHost, { model, monitoring }: Live, version: number, from: string): Html | "" {
  if (url === undefined || monitoring === undefined) return "";
  const path = formatMonitoringPath({ kind: "window", model: model.name, version, from });
  return html` <a class="quiet" href="${url}/blob/${monitoring}/${path}" aria-label="Record of ${dayWords(from)}">record</a>`;
}
