import { html } from "hono/html";
import type { Page } from "../../../api/portal/request/page.ts";
import { pageNumber, pager } from "../../../api/portal/view/pages.ts";
import type { SeenRepository } from "../people/seen-repositories.ts";

const PAGE = 50;

/** `/` of the App for a person who is signed in: the repositories that they see with it, searched and paged. */
export function repositoriesPage(
  { repositories, more }: { repositories: readonly SeenRepository[]; more: boolean },
  query: URLSearchParams,
): Page {
  const wanted = (query.get("q") ?? "").trim().toLowerCase().slice(0, 200);
  const found = repositories.filter(({ fullName }) => fullName.toLowerCase().includes(wanted));
  const last = Math.max(1, Math.ceil(found.length / PAGE));
  const page = Math.min(pageNumber(query), last);
  const rows = found
    .slice((page - 1) * PAGE, page * PAGE)
    .map(
      ({ fullName, private: hidden, description }) =>
        html`<tr><td><a href="/r/${fullName}/">${fullName}</a> ${hidden ? html`<span class="badge">private</span>` : ""}</td><td class="quiet">${description}</td></tr>`,
    );
  const list = { host: { base: "" }, path: "/", query };
  const table = html`<div class="scroll" role="region" aria-label="Repositories" tabindex="0"><table>
<thead><tr><th scope="col">Repository</th><th scope="col">What it is</th></tr></thead><tbody>${rows}</tbody></table></div>
${pager(list, { page, last })}`;
  const body = html`<h1>Repositories</h1>
<form role="search" action="/"><input type="search" name="q" value="${query.get("q") ?? ""}" aria-label="Search repositories" placeholder="owner/name"><button>Search</button></form>
<div data-live="repositories"><p class="quiet" role="status">${count(found.length)}${more ? " and more, which are found by their addresses" : ""}</p>
${found.length > 0 ? table : wanted === "" ? NONE : html`<p class="empty">No repository that you see has this in its name.</p>`}</div>`;
  return { title: "Repositories", body };
}

const NONE = html`<p class="empty">You see no repository in which this App is installed. Install it from its page on GitHub, or ask
who owns the repository. A public one that you have no part in is at <code>/r/OWNER/NAME</code>.</p>`;

function count(number: number): string {
  return number === 1 ? "1 repository" : `${number} repositories`;
}
