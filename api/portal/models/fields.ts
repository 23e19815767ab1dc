import { html } from "hono/html";
import type { Html } from "../request/page.ts";

/** Why somebody does it: kept with the act. `id` is the page's own name for the field. */
export function reasonField(id: string): Html {
  return html`<div><label for="${id}">Reason</label><input id="${id}" name="reason" maxlength="2000" autocomplete="off"></div>`;
}

/** A text of one line. */
export function textField(
  id: string,
  name: string,
  words: string,
  about: { value?: string; isNeeded?: boolean } = {},
): Html {
  const { value = "", isNeeded = true } = about;
  return html`<div><label for="${id}">${words}</label><input id="${id}" name="${name}" value="${value}" autocomplete="off"${isNeeded ? html` required` : ""}></div>`;
}

/** One version of a model: any number up to the latest. */
export function versionField(id: string, latest: number, value = latest): Html {
  return html`<div><label for="${id}">Version</label><input id="${id}" name="version" type="number" min="1" max="${latest}" value="${value}" required></div>`;
}

export function chooseField(id: string, name: string, words: string, choices: readonly string[]): Html {
  return html`<div><label for="${id}">${words}</label><select id="${id}" name="${name}">${choices.map((each) => html`<option value="${each}">${each}</option>`)}</select></div>`;
}
