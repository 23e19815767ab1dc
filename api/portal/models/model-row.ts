import { html } from "hono/html";
import { visibleText } from "../../../core/report/escape-text.ts";
import { counted } from "../../../core/report/verdict-words.ts";
import type { Listing } from "../model-index/find-models.ts";
import { type LastDecision, lastDecisions } from "../model-index/last-decisions.ts";
import type { NewestVersion } from "../model-index/newest-version.ts";
import type { IndexedModel } from "../model-index/open-index.ts";
import type { PortalHost } from "../request/host.ts";
import type { Html } from "../request/page.ts";
import { modelPath, pathTo, versionPath } from "../view/links.ts";
import { markHtml } from "../view/section.ts";
import { timeHtml } from "../view/time.ts";
import { stageBadges } from "./stage-badges.ts";
import { standingBadge } from "./standing-badge.ts";

const SHORT = 100;

/** A model's row in the list of all. */
export async function modelRow(
  host: PortalHost,
  { model, newest, waiting }: IndexedModel,
  { setup, standings }: Listing,
): Promise<Html> {
  const { displayName, record } = model;
  const decided =
    newest === undefined ? new Map<string, LastDecision>() : await lastDecisions(host, model, newest.version);
  const owner = setup.owner(model);
  return html`<tr><td>${nameCell(host, model, newest)}</td>
<td>${latestCell(host, model, newest)}</td>
<td>${stageBadges(host, model, setup.stages)}</td>
<td>${newest === undefined ? "–" : gatesCell(host, model, newest, decided)}</td>
<td>${standingBadge(host, displayName, standings.of(model))}${openBadges(host, displayName, record, waiting.length)}</td>
<td>${owner === undefined ? html`<span class="quiet">–</span>` : visibleText(owner, SHORT)}</td>
<td>${timeHtml(record.updated_at)}</td></tr>`;
}

function nameCell(
  host: PortalHost,
  { displayName, record }: IndexedModel["model"],
  newest: NewestVersion | undefined,
): Html {
  const about = record.description ?? newest?.description ?? "";
  const gone = record.deprecated === undefined ? "" : html` <span class="badge">deprecated</span>`;
  return html`<a href="${modelPath(host, displayName)}">${visibleText(displayName)}</a>${gone}${about === "" ? "" : html`<br><span class="quiet">${visibleText(about, SHORT)}</span>`}`;
}

function latestCell(
  host: PortalHost,
  { displayName, record }: IndexedModel["model"],
  newest: NewestVersion | undefined,
): Html {
  const version = record.latest_version;
  if (version === 0) return html`<span class="quiet">no version yet</span>`;
  const value = newest?.deciding;
  return html`<a href="${versionPath(host, displayName, version)}">version ${version}</a>${value === undefined ? "" : html`<br><span class="quiet">${visibleText(value.name, 40)}</span> ${visibleText(value.value, 40)}`}`;
}

const OUTCOMES = {
  promoted: ["pass", ""],
  "rolling-out": ["pass", ", rolling out"],
  refused: ["fail", " refused"],
} as const;

/** What was recorded of its newest version's gates: nothing is asked here. */
function gatesCell(
  host: PortalHost,
  { displayName }: IndexedModel["model"],
  { verdict, gates, isImported, version }: NewestVersion,
  decided: ReadonlyMap<string, LastDecision>,
): Html {
  const register = isImported
    ? html`<span class="quiet">imported</span>`
    : verdict === undefined
      ? html`<span class="quiet">no gates</span>`
      : html`<span title="${counted(gates, "gate")}">${markHtml(verdict)} register</span>`;
  const stages = [...decided.values()].map(({ stage, outcome }) => {
    const [mark, words] = OUTCOMES[outcome];
    return html`<br>${markHtml(mark)} <a href="${versionPath(host, displayName, version)}#stage-${stage}">${stage}${words}</a>`;
  });
  return html`${register}${stages}`;
}

function openBadges(
  host: PortalHost,
  name: string,
  { hold, rollouts = {} }: IndexedModel["model"]["record"],
  waiting: number,
): Html {
  const rolling = Object.entries(rollouts).map(
    ([stage, { version }]) =>
      html` <a class="badge warn" href="${versionPath(host, name, version)}">version ${version} rolls out to ${stage}</a>`,
  );
  return html`${hold === undefined ? "" : html` <span class="badge warn" title="${visibleText(`by ${hold.by.name}${hold.reason === undefined ? "" : `: ${hold.reason}`}`, 300)}">on hold</span>`}${waiting === 0 ? "" : html` <a class="badge warn" href="${pathTo(host, ["inbox"], { model: name })}">${counted(waiting, "request")} ${waiting === 1 ? "waits" : "wait"}</a>`}${rolling}`;
}
