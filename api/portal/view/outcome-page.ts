import { html } from "hono/html";
import type { ActOutcome } from "../request/form.ts";
import type { Page } from "../request/page.ts";
import { sectionHtml } from "./section.ts";

/** What a refused act is answered: why, and the way back. */
export function outcomePage(outcome: Extract<ActOutcome, { outcome: "refused" }>, back: string): Page {
  const { code, title, said = [], sections = [], status = 403 } = outcome;
  const body = html`<h1>${title}</h1>
${said.map((line) => html`<p>${line}</p>`)}
${sections.map(sectionHtml)}
<p><a href="${back}">Back</a> <span class="quiet"><code>${code}</code></span></p>`;
  return { title, body, status, problem: { code, message: title } };
}
