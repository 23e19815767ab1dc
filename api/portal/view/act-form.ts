import { html } from "hono/html";
import type { Html, PageRequest } from "../request/page.ts";
import { formToken } from "../request/tokens.ts";

export interface ActFormOptions {
  /** The act's name in the table of acts. */
  act: string;
  /** Sent along, unseen. */
  hidden?: Readonly<Record<string, string | number | undefined>>;
  /** The form's fields, above its button. */
  fields?: Html | "" | undefined;
  /** What the button says. */
  submit: string;
  /** What it does cannot be taken back in one step. */
  danger?: boolean;
  /** What the button says to who hears and does not see; it begins as the button does: 'Promote to production: version 3'. */
  label?: string;
}

/** A form that asks for an act; in a session that changes nothing, nothing. `readOnlyNote` says why, once a page. */
export function actForm(request: PageRequest, options: ActFormOptions): Html | "" {
  const { act, hidden = {}, fields = "", submit, danger = false, label } = options;
  const { host, visitor, now } = request;
  if (visitor.readOnly !== undefined) return "";
  const named = label === undefined ? "" : html` aria-label="${label}"`;
  return html`<form class="act" method="post" action="${host.base}/acts/${act}">
${tokenField(request, now)}${Object.entries(hidden).map(([name, value]) => (value === undefined ? "" : html`<input type="hidden" name="${name}" value="${value}">`))}
${fields}<button${danger ? html` class="danger"` : ""}${named}>${submit}</button></form>`;
}

/** The one-time token of a form, and where it was. */
export function tokenField({ visitor, path, query, host }: PageRequest, now: Date): Html {
  const search = query.size === 0 ? "" : `?${query}`;
  return html`<input type="hidden" name="token" value="${formToken(visitor.session, now)}"><input type="hidden" name="back" value="${host.base}${path}${search}">`;
}

/** Why a page shows no forms; nothing if it does. */
export function readOnlyNote({ visitor }: PageRequest): Html | "" {
  return visitor.readOnly === undefined ? "" : html`<p class="quiet">${visitor.readOnly}</p>`;
}
