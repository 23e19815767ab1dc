import { html } from "hono/html";
import { SlipwayError } from "../../../core/errors.ts";
import type { Html, Page, PageRequest } from "../request/page.ts";
import { mistakeHtml } from "../view/mistake.ts";
import { sameList } from "../view/pages.ts";
import { actRow } from "./act-row.ts";
import { type AskedActs, askedActs, asksForAll } from "./asked.ts";
import { branchTip } from "./branch-tip.ts";
import { findActs, type ShownActs } from "./find-acts.ts";
import { searchForm } from "./search-form.ts";

const PAGE = 50;

/** `/timeline`: every act with who, what and why, newest first. A page begins behind a commit, so it stays as it is. */
export async function timelinePage(request: PageRequest): Promise<Page> {
  const found = await results(request).catch((error: unknown) => {
    // What cannot be asked is told beside what was typed.
    if (error instanceof SlipwayError && error.kind === "input") return mistakeHtml(error);
    throw error;
  });
  const body = html`<h1>Timeline</h1>${searchForm(request)}<div data-live="acts">${found}</div>`;
  return { title: "Timeline", tab: "timeline", body };
}

async function results(request: PageRequest): Promise<Html> {
  const { host, query, now } = request;
  const catalog = await request.catalog();
  const asked = askedActs(query, catalog, now);
  const tip = await branchTip(request, asked.branch);
  const found = await findActs(host.ports.objects, tip, asked, PAGE);
  const rows = found.acts.map((act) => actRow(host, catalog, act));
  const table = html`<div class="scroll" role="region" aria-label="Acts" tabindex="0"><table>
<thead><tr>${["When", "Who", "What", "About", "Why", "Commit"].map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div>`;
  return html`${rows.length === 0 ? nothing(request, asked, found) : table}${stopped(found)}${links(request, asked, found)}`;
}

function nothing({ host }: PageRequest, asked: AskedActs, { stoppedAfter }: ShownActs): Html {
  if (stoppedAfter !== undefined) return html`<p class="empty">Nothing is found yet.</p>`;
  if (asked.before !== undefined || !asksForAll(asked))
    return html`<p class="empty" role="status">No act is like that. <a href="${host.base}/timeline">Show all acts</a></p>`;
  const words = {
    registry: html`Nothing was done yet. Merge a pull request that trains a model, or run <code>slipway register</code>.`,
    monitoring: html`Nothing was monitored yet. <code>slipway monitor</code> looks at what live versions answered.`,
    deploy: html`Nothing is deployed by a branch: <code>deploy</code> in slipway.yaml says what is to run where.`,
  };
  return html`<p class="empty">${words[asked.branch]}</p>`;
}

function stopped({ stoppedAfter }: ShownActs): Html | "" {
  if (stoppedAfter === undefined) return "";
  return html`<p class="quiet" role="status">${stoppedAfter} acts were looked at. There are older ones: go on.</p>`;
}

function links(request: PageRequest, { before }: AskedActs, { acts, older, stoppedAfter }: ShownActs): Html {
  const to = (before: string | undefined) => sameList(request, { before });
  const next = stoppedAfter === undefined ? "Older" : "Go on with older acts";
  const file = (type: string) => {
    const { host, query } = request;
    return `${host.base}/timeline.${type}${query.size === 0 ? "" : `?${query}`}`;
  };
  const downloads = html`<span class="quiet">Download as <a href="${file("csv")}">CSV</a> or <a href="${file("jsonl")}">JSON Lines</a></span>`;
  return html`<nav class="pager" aria-label="Pages">${before === undefined ? "" : html`<a rel="first" href="${to(undefined)}">Newest</a>`}${older === undefined ? "" : html`<a rel="next" href="${to(older)}">${next}</a>`}${acts.length === 0 ? "" : downloads}</nav>`;
}
