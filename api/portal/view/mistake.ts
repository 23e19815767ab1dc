import { html } from "hono/html";
import { expectedAndFound, type SlipwayError } from "../../../core/errors.ts";
import type { Html } from "../request/page.ts";

/** What is wrong with what somebody asked a page, to stand beside what they typed. */
export function mistakeHtml({ message, problems: [problem] }: SlipwayError): Html {
  const details = problem === undefined ? "" : expectedAndFound(problem);
  return html`<p class="warning" role="status">${message}${details === "" ? "" : html`. ${details}`}</p>`;
}
