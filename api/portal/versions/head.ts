import { html } from "hono/html";
import { own } from "../../../core/gates/gate-evidence.ts";
import { isRetired } from "../../../core/promotion/apply-change.ts";
import { visibleText } from "../../../core/report/escape-text.ts";
import { stagesHolding } from "../../../core/report/registry-reports.ts";
import type { Html, PageRequest } from "../request/page.ts";
import { modelPath, pathTo, versionPath } from "../view/links.ts";
import { timeHtml } from "../view/time.ts";
import type { ShownVersion } from "./load-version.ts";

/** What a version is called, where it stands, and what has to be known before anything else. */
export async function versionHead(request: PageRequest, shown: ShownVersion): Promise<Html> {
  const { host } = request;
  const { model, version, read } = shown;
  const { displayName, record } = model;
  const { versions } = await shown.catalog.history(model);
  const before = versions.filter((each) => each < version).reduce((a, b) => Math.max(a, b), 0);
  const after = versions.filter((each) => each > version).reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const live = liveBeside(shown);
  return html`<h1><a href="${modelPath(host, displayName)}">${displayName}</a> version ${version}</h1>
<p>${standsHtml(shown)}</p>
${read.distrust === undefined ? "" : html`<p class="warning" role="alert"><strong>Not to be used.</strong> ${read.distrust.message} ${read.distrust.hint} <code>${read.distrust.code}</code></p>`}
${await withdrawnWarning(shown)}
${record.hold === undefined ? "" : html`<p class="warning">${displayName} is on hold since ${timeHtml(record.hold.at)}, by ${visibleText(record.hold.by.name, 100)}${record.hold.reason === undefined ? "" : html`: ${visibleText(record.hold.reason, 500)}`}. Nothing is promoted meanwhile; rolling back works.</p>`}
<nav class="pager" aria-label="Versions">
${before === 0 ? "" : html`<a rel="prev" href="${versionPath(host, displayName, before)}">Version ${before}</a>`}
${Number.isFinite(after) ? html`<a rel="next" href="${versionPath(host, displayName, after)}">Version ${after}</a>` : ""}
${live === undefined ? "" : html`<a href="${pathTo(host, ["m", displayName, "compare"], { v: `${live},${version}` })}">Compare with version ${live}</a>`}
</nav>`;
}

/** The version that this one is looked at beside: what is live in the last stage that has another one. */
export function liveBeside({ model, version }: Pick<ShownVersion, "model" | "version">): number | undefined {
  const others = Object.values(model.record.stages)
    .map((held) => held.version)
    .filter((each) => each !== version);
  const production = own(model.record.stages, "production")?.version;
  return production !== undefined && production !== version ? production : others.at(-1);
}

function standsHtml({ model: { record }, version, manifest }: ShownVersion): Html {
  const stages = stagesHolding(record, version).map((stage) => html`<span class="badge good">in ${stage}</span> `);
  const rolling = Object.entries(record.rollouts ?? {}).flatMap(([stage, state]) =>
    state.version === version ? [html`<span class="badge warn">rolling out to ${stage}</span> `] : [],
  );
  const aliases = Object.entries(record.aliases).flatMap(([alias, led]) =>
    led === version ? [html`<span class="badge">@${alias}</span> `] : [],
  );
  const withdrawn = Object.hasOwn(record.withdrawn ?? {}, String(version));
  const gone = isRetired(record, version)
    ? html`<span class="badge bad">${withdrawn ? "withdrawn" : "deprecated"}</span> `
    : "";
  const archived = own(record.archived ?? {}, String(version));
  const none = stages.length === 0 && rolling.length === 0 && gone === "";
  return html`${gone}${stages}${rolling}${none ? html`<span class="badge">${archived === undefined ? "in no stage" : "archived"}</span> ` : ""}${manifest.imported === undefined ? "" : html`<span class="badge">imported</span> `}${aliases}`;
}

async function withdrawnWarning({ model, version, snapshot }: ShownVersion): Promise<Html | ""> {
  const id = own(model.record.withdrawn ?? {}, String(version));
  const change = id && (await snapshot.read({ kind: "change", model: model.name, id }));
  if (!change) return "";
  const why = change.reason === undefined ? "" : `: ${visibleText(change.reason, 500)}`;
  return html`<p class="warning">Withdrawn ${timeHtml(change.at)} by ${visibleText(change.by.name, 100)}${why}. It goes to no stage any more.</p>`;
}
