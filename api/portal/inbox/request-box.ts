import { html } from "hono/html";
import { visibleText } from "../../../core/report/escape-text.ts";
import { counted } from "../../../core/report/verdict-words.ts";
import type { Html, PageRequest } from "../request/page.ts";
import { actForm } from "../view/act-form.ts";
import { outsideLink, versionPath } from "../view/links.ts";
import { timeHtml } from "../view/time.ts";
import type { ExplainedWaiting } from "./waiting.ts";

/** Characters: a page of 25 stays below 100 kB. The record has all of it. */
const LONGEST_REASON = 1_000;

/** One request: what is asked, what it waits for, and what this person can do about it. */
export function requestBox(
  page: PageRequest,
  waiting: ExplainedWaiting,
  { isOwn, mayReview }: { isOwn: boolean; mayReview: boolean },
): Html {
  const { host } = page;
  const { model, request } = waiting;
  const { version, stage, requested_by, requested_at, reason, source, id } = request;
  const what = `${model.displayName} version ${version}`;
  const live = model.record.stages[stage]?.version;
  const asked = source.url === undefined ? "" : html` (${outsideLink(source.url, "where it was asked")})`;
  return html`<section class="box" aria-labelledby="r-${id}"><h2 id="r-${id}"><a href="${versionPath(host, model.displayName, version)}">${visibleText(what)}</a> to ${stage}</h2>
<dl><dt>Asked by</dt><dd>${visibleText(requested_by.name)}, ${timeHtml(requested_at)}${asked}</dd>
${reason === undefined ? "" : html`<dt>Why</dt><dd>${visibleText(reason, LONGEST_REASON)}</dd>`}
<dt>Now in ${stage}</dt><dd>${live === undefined ? "nothing" : html`<a href="${versionPath(host, model.displayName, live)}">version ${live}</a>`}</dd>
<dt>Waits for</dt><dd>${waitsFor(waiting)}</dd></dl>
${isOwn ? html`<p class="quiet">Yours: somebody else has to approve it.</p>` : ""}${waiting.isApproved ? html`<p class="quiet">You approved it already.</p>` : ""}
${mayReview ? forms(page, waiting, { isOwn, what: `${what} for ${stage}` }) : ""}</section>`;
}

function waitsFor({ needed, given, request }: ExplainedWaiting): string {
  const missing = needed - given.length;
  const names = given.map(({ by }) => by.name).join(", ");
  if (missing <= 0)
    return `nobody: ${given.length === 0 ? "the policy asks for no approval any more" : `approved by ${names}`}. It is decided when what it is compared with is known, or when it is asked for again.`;
  const there =
    given.length === 0
      ? "there is none yet"
      : `there ${given.length === 1 ? "is" : "are"} ${given.length}, by ${names}`;
  return `${counted(missing, "approval")}: ${request.stage} needs ${counted(needed, "approval")} by others than ${request.requested_by.name}, and ${there}. What is approved is this version alone, and its gates decide again.`;
}

function forms(
  page: PageRequest,
  { model, request, isApproved }: ExplainedWaiting,
  about: { isOwn: boolean; what: string },
): Html {
  const hidden = { model: model.name, request: request.id };
  const approve = actForm(page, { act: "approve", hidden, submit: "Approve", label: `Approve ${about.what}` });
  const field = html`<label for="why-${request.id}">Why not</label><input id="why-${request.id}" name="reason" maxlength="2000" required autocomplete="off"> `;
  const reject = actForm(page, {
    ...{ act: "reject", hidden, fields: field, submit: about.isOwn ? "Take it back" : "Reject", danger: true },
    label: `${about.isOwn ? "Take back" : "Reject"} ${about.what}`,
  });
  return html`<div class="actions">${about.isOwn || isApproved ? "" : approve}${reject}</div>`;
}
