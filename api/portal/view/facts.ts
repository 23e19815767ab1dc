import { html } from "hono/html";
import type { Html } from "../request/page.ts";

export type Fact = readonly [name: string, value: Html | string];

/** What is said of something, by name. */
export function factsHtml(facts: readonly Fact[]): Html {
  return html`<dl>${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}
