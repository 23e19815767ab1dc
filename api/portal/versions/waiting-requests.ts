import { html } from "hono/html";
import { openRequests } from "../../../core/acts/open-requests.ts";
import { visibleText } from "../../../core/report/escape-text.ts";
import type { PromotionRequest } from "../../../schemas/promotion-request.ts";
import type { Html, PageRequest } from "../request/page.ts";
import { actForm } from "../view/act-form.ts";
import { timeHtml } from "../view/time.ts";
import type { ShownVersion } from "./load-version.ts";

const MOST = 20;

/** Requests for this version that wait for approvals, each with a yes and a no. */
export async function waitingRequests(request: PageRequest, shown: ShownVersion): Promise<Html | ""> {
  const { model, version, snapshot } = shown;
  const open = (await openRequests(snapshot, { model: model.name })).filter((each) => each.version === version);
  if (open.length === 0) return "";
  return html`<section class="box"><h2>Waits for approval</h2>${open.slice(0, MOST).map((each) => requestHtml(request, each))}</section>`;
}

function requestHtml(request: PageRequest, { id, model, stage, requested_by, requested_at, reason }: PromotionRequest) {
  const field = `reject-${id.slice(0, 12)}`;
  return html`<h3>${stage}</h3><p>${visibleText(requested_by.name, 100)} asked for it ${timeHtml(requested_at)}${reason === undefined ? "" : html`: “${visibleText(reason, 1_000)}”`}. <span class="quiet">Request ${id.slice(0, 12)}</span></p>
<div class="actions">${actForm(request, { act: "approve", hidden: { model, request: id }, submit: "Approve", label: `Approve this version for ${stage}` })}
${actForm(request, {
  ...{ act: "reject", hidden: { model, request: id }, submit: "Reject", danger: true },
  fields: html`<label for="${field}">Why not</label><input id="${field}" name="reason" required maxlength="1000"> `,
  label: `Reject this version for ${stage}`,
})}</div>`;
}
