import { html } from "hono/html";
import type { Html, PageRequest } from "../request/page.ts";
import { actForm, readOnlyNote } from "../view/act-form.ts";
import type { Live } from "./load-live.ts";

const DAYS = [1, 7, 14, 30, 90] as const;

/** What can be done about what is live: wait, train again, or go back. */
export function liveForms(request: PageRequest, live: Live): Html {
  if (request.visitor.readOnly !== undefined) return html`${readOnlyNote(request)}`;
  const { model, stage, state } = live;
  const { displayName, record } = model;
  const retrain = actForm(request, {
    ...{ act: "retrain", hidden: { model: displayName }, submit: "Retrain" },
    label: `Retrain ${displayName} on newer data`,
    fields: reason("retrain-reason", "what is newer", false),
  });
  const rollback = actForm(request, {
    ...{ act: "rollback", hidden: { model: displayName, stage }, submit: "Roll back", danger: true },
    label: `Roll back ${displayName} in ${stage}`,
    fields: reason("rollback-reason", "what went wrong", false),
  });
  const row = (says: string, form: Html | "") => html`<div><p class="quiet">${says}</p>${form}</div>`;
  return html`<section class="box acts"><h2>What can be done</h2><div class="grid">
${state.snoozed === undefined ? row("Nobody is told of its alarms for a while; what is found is recorded all the same.", snooze(request, displayName)) : row("Its alarms are snoozed.", wake(request, displayName))}
${row("Looks whether data outside the repository moved, and proposes the new pins.", retrain)}
${record.stages[stage] === undefined ? "" : row(`Brings back the version that was in ${stage} before, if there is one.`, rollback)}</div></section>`;
}

function snooze(request: PageRequest, model: string): Html | "" {
  const option = (days: number) =>
    html`<option value="${days}"${days === 7 ? html` selected` : ""}>${days === 1 ? "a day" : `${days} days`}</option>`;
  return actForm(request, {
    ...{ act: "snooze", hidden: { model }, submit: "Snooze", label: `Snooze alarms of ${model}` },
    fields: html`<div><label for="snooze-days">For</label><select id="snooze-days" name="days">${DAYS.map(option)}</select></div>${reason("snooze-reason", "it is known and will pass", true)}`,
  });
}

function wake(request: PageRequest, model: string): Html | "" {
  return actForm(request, {
    ...{ act: "snooze", hidden: { model, days: 0 }, submit: "End the snooze" },
    fields: reason("snooze-reason", "it has passed", true),
  });
}

function reason(id: string, hint: string, isRequired: boolean): Html {
  return html`<div><label for="${id}">Reason</label><input id="${id}" name="reason" placeholder="${hint}" maxlength="2000"${isRequired ? html` required` : ""}></div>`;
}
