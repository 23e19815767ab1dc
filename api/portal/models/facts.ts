import { html } from "hono/html";
import type { CatalogModel } from "../../../core/registry/catalog.ts";
import { visibleText } from "../../../core/report/escape-text.ts";
import type { Standing } from "../model-index/standings.ts";
import type { Html, PageRequest } from "../request/page.ts";
import { pathTo, pullLink, versionPath } from "../view/links.ts";
import { timeHtml } from "../view/time.ts";
import { standingBadge } from "./standing-badge.ts";
import { tagWords } from "./version-row.ts";

const MOST = 20;

export interface ModelFacts {
  owner: string | undefined;
  standing: Standing | undefined;
  /** Pull requests whose runs reported of it, and that are no version of it yet. */
  pulls: readonly number[];
}

/** Who answers for a model, how it does, and what people call it. */
export function modelFacts(request: PageRequest, model: CatalogModel, { owner, standing, pulls }: ModelFacts): Html {
  const { host } = request;
  const { displayName, name, record } = model;
  const row = (what: string, value: Html | string | undefined | "") =>
    value === undefined || value === "" ? "" : html`<dt>${what}</dt><dd>${value}</dd>`;
  const aliases = Object.entries(record.aliases).map(
    ([alias, version]) =>
      html`<a class="badge" href="${versionPath(host, displayName, version)}">@${visibleText(alias, 60)}: ${version}</a> `,
  );
  const tags = Object.entries(record.tags).map(
    ([key, value]) => html`<span class="badge">${tagWords(key, value)}</span> `,
  );
  const open = pulls.slice(0, MOST).map((pull) => html`${pullLink(host, pull)} `);
  return html`<dl>
${row("Owner", owner === undefined ? html`<span class="quiet">nobody: say <code>owner:</code> in its model.yaml</span>` : visibleText(owner))}
${row("Monitoring", standing === undefined ? html`<span class="quiet">no window was looked at</span>` : html`${standingBadge(host, displayName, standing)} ${standing.words}`)}
${row("Aliases", aliases.length === 0 ? "" : fewer(aliases))}
${row("Tags", tags.length === 0 ? "" : fewer(tags))}
${row("Pull requests", open.length === 0 ? "" : html`${open}<span class="quiet">ran, and registered nothing so far</span>`)}
${row("Folder", name === displayName ? "" : html`<code>${name}</code> <span class="quiet">in the registry and in tags</span>`)}
${row("Created", timeHtml(record.created_at))}
${row("Changed", html`${timeHtml(record.updated_at)} · <a href="${pathTo(host, ["timeline"], { model: displayName })}">History</a> · <a href="${pathTo(host, ["lineage"], { model: displayName })}">Lineage</a> · <a href="${pathTo(host, ["experiments"], { q: runsOf(displayName) })}">Experiments</a>`)}
</dl>`;
}

/** The filter that finds the model's runs; none if no quotes hold its name. */
function runsOf(name: string): string | undefined {
  if (!name.includes("'")) return `model = '${name}'`;
  return name.includes('"') ? undefined : `model = "${name}"`;
}

function fewer(shown: readonly Html[]): Html {
  const more = shown.length - MOST;
  return html`${shown.slice(0, MOST)}${more > 0 ? html`<span class="quiet">and ${more} more</span>` : ""}`;
}
