import { html } from "hono/html";
import type { Html } from "../request/page.ts";

/** A moment: in UTC as it comes, in the reader's zone once the script has run; the exact one on hover. */
export function timeHtml(at: string): Html {
  return html`<time datetime="${at}" title="${at}">${at.slice(0, 16).replace("T", " ")} UTC</time>`;
}
