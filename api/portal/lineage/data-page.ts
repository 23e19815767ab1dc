import { html } from "hono/html";
import { visibleText } from "../../../core/report/escape-text.ts";
import { Sha256 } from "../../../schemas/names.ts";
import type { Html, Page, PageRequest } from "../request/page.ts";
import { pathTo, versionPath } from "../view/links.ts";
import { pageNumber, pager } from "../view/pages.ts";
import { dataForm } from "./choose.ts";
import { dataUsers } from "./data-users.ts";

const PAGE = 50;
/** Seconds until the page asks again, while models are left. */
const SOON = 2;

/** `/lineage?data=<sha256>`: the newest and live versions that a data set went into. */
export async function dataPage(request: PageRequest): Promise<Page> {
  const { host, query } = request;
  const sha256 = (query.get("data") ?? "").trim().toLowerCase();
  const about = { title: "Data set", tab: "lineage" } as const;
  const head = html`<h1>Who uses a data set</h1>${dataForm(request)}`;
  if (!Sha256.safeParse(sha256).success) {
    const body = html`${head}<p class="warning" role="status">A data set is named by its sha256: 64 hexadecimal digits.</p>`;
    return { ...about, body, status: 400 };
  }
  const { users, left } = await dataUsers(host.ports.objects, await request.catalog(), sha256);
  const last = Math.max(1, Math.ceil(users.length / PAGE));
  const page = Math.min(pageNumber(query), last);
  const rows = users
    .slice((page - 1) * PAGE, page * PAGE)
    .map(({ model: { displayName, record }, version, as }): Html => {
      const stages = Object.entries(record.stages).flatMap(([stage, held]) =>
        held.version === version ? [stage] : [],
      );
      return html`<tr><td><a href="${pathTo(host, ["lineage"], { model: displayName, version })}">${visibleText(displayName, 100)}</a></td><td class="num"><a href="${versionPath(host, displayName, version)}">${version}</a></td><td>${as.map((each) => (each === "train" ? "trained on it" : "tested on it")).join(", ")}</td><td>${stages.map((stage) => html`<span class="badge">${visibleText(stage, 50)}</span> `)}</td></tr>`;
    });
  const table = html`<div class="scroll" role="region" aria-label="Users" tabindex="0"><table><thead><tr>${["Model", "Version", "How", "Live in"].map((title) => html`<th scope="col">${title}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;
  const none = left > 0 ? "None is found yet." : "No model’s newest or live version uses it.";
  const going = left > 0 ? html`<p class="quiet" role="status">${left} models are still to be looked at.</p>` : "";
  const body = html`${head}<p class="mono">${sha256}</p><div data-live="users">${going}${rows.length === 0 ? html`<p class="empty" role="status">${none}</p>` : table}${pager(request, { page, last })}</div><p class="quiet">The newest version of each model is looked at, and what is live.</p>`;
  return { ...about, body, ...(left > 0 ? { refresh: SOON } : {}) };
}
