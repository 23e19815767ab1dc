import { html } from "hono/html";
import { expectedAndFound, SlipwayError } from "../../../core/errors.ts";
import { visibleText } from "../../../core/report/escape-text.ts";
import type { Html } from "../request/page.ts";

/** A part of a page, or why it cannot be shown: the rest of the page stands all the same. Bugs go on. */
export async function partOr(part: () => Promise<Html | "">): Promise<Html | ""> {
  try {
    return await part();
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    const { code, message, problems } = error;
    const [first] = problems;
    const details = first === undefined ? "" : expectedAndFound(first);
    return html`<div class="box"><p class="warning">${visibleText(message, 1_000)} <code>${code}</code></p>
${details === "" ? "" : html`<p>${visibleText(details, 1_000)}</p>`}${first?.hint === undefined ? "" : html`<p class="quiet">${visibleText(first.hint, 1_000)}</p>`}</div>`;
  }
}
