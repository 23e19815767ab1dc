import { html } from "hono/html";
import type { Html, PageRequest } from "../request/page.ts";

const EXAMPLES: readonly (readonly [filter: string, finds: string])[] = [
  ["penguins", "names with this word"],
  ["stage = 'production'", "with a version in this stage"],
  ["metrics.accuracy > 0.9", "whose latest version has this value"],
  ["owner = '@acme/ml'", "that these people answer for"],
  ["state = 'alarmed'", "or quiet, clearing, waiting (for approvals), held, rolling-out, live, deprecated"],
  ["tags.team = 'ads' AND name LIKE 'churn%'", "both"],
];

/** The search box, with what can be typed into it. */
export function searchForm({ host }: PageRequest, filter: string, sort: string): Html {
  const rows = EXAMPLES.map(([each, finds]) => html`<dt><code>${each}</code></dt><dd>${finds}</dd>`);
  return html`<form role="search" action="${host.base}/" method="get" class="actions">
<div><label for="q">Search models</label><input type="search" id="q" name="q" value="${filter}" maxlength="2000" autocomplete="off" spellcheck="false"></div>
${sort === "" ? "" : html`<input type="hidden" name="sort" value="${sort}">`}<button>Search</button></form>
<details><summary>What can be searched for</summary><dl>${rows}</dl></details>`;
}
