import { html } from "hono/html";
import { samePerson } from "../../../core/promotion/approvals.ts";
import type { Catalog } from "../../../core/registry/catalog.ts";
import type { Policy } from "../../../schemas/policy.ts";
import type { Html, Page, PageRequest } from "../request/page.ts";
import { policyOf } from "../request/policy.ts";
import { readOnlyNote } from "../view/act-form.ts";
import { pathTo } from "../view/links.ts";
import { pageNumber, pager, sameList } from "../view/pages.ts";
import { ownRefusals } from "./own-refusals.ts";
import { refusalsTable } from "./refusals-table.ts";
import { MOST_ACTS } from "./refused-acts.ts";
import { requestBox } from "./request-box.ts";
import { explainWaiting, type Waiting, waitingRequests } from "./waiting.ts";

const PAGE = 25;
const VIEWS = ["waiting", "mine", "refused"] as const;
type View = (typeof VIEWS)[number];

/** `/inbox`: requests that wait, for this person and by them, and what they asked for and did not get. */
export async function inboxPage(request: PageRequest): Promise<Page> {
  const { host, visitor, query } = request;
  const me = visitor.person;
  const catalog = await request.catalog();
  const [all, { policy }] = [await waitingRequests(host, catalog), await policyOf(host)];
  const own = all.filter(({ request: { requested_by } }) => samePerson(requested_by, me));
  const others = all.filter((each) => !own.includes(each));
  const view = VIEWS.find((each) => each === query.get("show")) ?? "waiting";
  const lists: Record<View, () => Promise<Html>> = {
    waiting: () => requests(request, catalog, others, { policy, isOwn: false }),
    mine: () => requests(request, catalog, own, { policy, isOwn: true }),
    refused: () => refusals(request, catalog),
  };
  const body = html`<h1>Inbox</h1>
${plainNote(request, policy)}${readOnlyNote(request)}
<nav class="actions" aria-label="Inbox">${viewLink(request, view, "waiting", `Wait for approval (${others.length})`)} ${viewLink(request, view, "mine", `Asked for by you (${own.length})`)} ${viewLink(request, view, "refused", "Refused to you")}</nav>
<form role="search" action="${host.base}/inbox" method="get" class="actions">${view === "waiting" ? "" : html`<input type="hidden" name="show" value="${view}">`}<div><label for="q">Search by model, stage or person</label><input type="search" id="q" name="q" value="${query.get("q") ?? ""}" maxlength="200" autocomplete="off"></div><button>Search</button></form>
<div data-live="list">${await lists[view]()}</div>`;
  return { title: "Inbox", tab: "inbox", body };
}

function viewLink(request: PageRequest, now: View, view: View, words: string): Html {
  const to = sameList(request, { show: view === "waiting" ? undefined : view, page: undefined });
  return html`<a href="${to}"${now === view ? html` aria-current="true"` : ""}>${words}</a>`;
}

/** Where nobody is identified, a second person's word is worth nothing: no request comes to wait. */
function plainNote({ host }: PageRequest, { approvals = {} }: Policy): Html | "" {
  if (host.ports.identifiesUsers) return "";
  const stages = Object.entries(approvals).filter(([, needed]) => needed > 0);
  const asked =
    stages.length === 0
      ? ""
      : ` The policy asks for approvals before ${stages.map(([stage]) => stage).join(" and ")}: such a promotion is refused here, and can be asked for on GitHub.`;
  return html`<p class="quiet">On a plain repository nobody can identify a second person, so no request waits for approvals.${asked}</p>`;
}

async function requests(
  request: PageRequest,
  catalog: Catalog,
  waiting: readonly Waiting[],
  { policy, isOwn }: { policy: Policy; isOwn: boolean },
): Promise<Html> {
  const { host, visitor } = request;
  const word = (request.query.get("q") ?? "").trim().toLowerCase();
  const found = waiting.filter(({ model, request: { stage, requested_by } }) =>
    [model.displayName, stage, requested_by.name, requested_by.id].some((each) => each.toLowerCase().includes(word)),
  );
  const { shown, page, last } = pageOf(request, found);
  if (shown.length === 0) return emptyNote(isOwn, word, pathTo(host, ["inbox"]));
  // Whoever asks for a role asks GitHub: once a page, since the policy's roles are the same for all models.
  const refusal = await visitor.authorize?.("approve")(policy);
  const explained = await explainWaiting(host, catalog, shown, { policy, me: visitor.person });
  return html`${refusal === undefined ? "" : html`<p class="warning">${refusal.message} <code>${refusal.code}</code></p>`}
${explained.map((each) => requestBox(request, each, { isOwn, mayReview: refusal === undefined }))}${pager(request, { page, last })}`;
}

function emptyNote(isOwn: boolean, word: string, all: string): Html {
  if (word !== "") return html`<p class="empty">No request fits this search. <a href="${all}">Show all</a></p>`;
  if (isOwn)
    return html`<p class="empty">Nothing that you asked for waits. Ask for a promotion on a version's page.</p>`;
  return html`<p class="empty">Nobody waits for an approval. A promotion waits here if the policy asks for approvals before its stage.</p>`;
}

async function refusals(request: PageRequest, catalog: Catalog): Promise<Html> {
  const { host, visitor, query } = request;
  const word = (query.get("q") ?? "").trim().toLowerCase();
  const { refusals: all, isCut } = await ownRefusals(host, catalog, visitor.person);
  const found = all.filter(({ model, stage }) =>
    [catalog.find(model)?.displayName ?? model, stage].some((each) => each.toLowerCase().includes(word)),
  );
  const { shown, page, last } = pageOf(request, found);
  const cut = isCut
    ? html`<p class="quiet">Of the newest ${MOST_ACTS} acts; <a href="${pathTo(host, ["timeline"])}">the timeline</a> has all.</p>`
    : "";
  if (shown.length > 0) return html`${refusalsTable(host, catalog, shown)}${pager(request, { page, last })}${cut}`;
  return html`<p class="empty">${word === "" ? "Nothing that you asked for was refused." : "No refusal fits this search."}</p>${cut}`;
}

function pageOf<Each>(
  { query }: PageRequest,
  all: readonly Each[],
): { shown: readonly Each[]; page: number; last: number } {
  const last = Math.max(1, Math.ceil(all.length / PAGE));
  const page = Math.min(pageNumber(query), last);
  return { shown: all.slice((page - 1) * PAGE, page * PAGE), page, last };
}
