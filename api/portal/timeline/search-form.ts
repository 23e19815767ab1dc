import { html } from "hono/html";
import { LOGGED_ACTS } from "../../../core/registry/logged-acts.ts";
import type { Html, PageRequest } from "../request/page.ts";
import { BRANCHES } from "./asked.ts";

const FIELDS: readonly (readonly [string, string, string])[] = [
  ["model", "Model", ""],
  ["version", "Version", "2"],
  ["by", "Who", "a name or an id"],
  ["stage", "Stage", "production"],
  ["since", "Since", "2026-03-01 or 7d"],
  ["until", "Until", "2026-03-31"],
];

/** What the timeline can be asked for. Without a script, the button asks. */
export function searchForm({ host, query }: PageRequest): Html {
  const [act, branch] = [query.get("act") ?? "", query.get("branch") ?? "registry"];
  const option = (value: string, words: string, chosen: boolean) =>
    html`<option value="${value}"${chosen ? html` selected` : ""}>${words}</option>`;
  return html`<form role="search" action="${host.base}/timeline" class="actions">
<div class="field"><label for="q">Words</label><input type="search" id="q" name="q" value="${query.get("q") ?? ""}" placeholder="hotfix"></div>
${FIELDS.map(([name, label, hint]) => html`<div class="field"><label for="${name}">${label}</label><input id="${name}" name="${name}" value="${query.get(name) ?? ""}" placeholder="${hint}" size="12"></div>`)}
<div class="field"><label for="act">Act</label><select id="act" name="act">${option("", "any", act === "")}${[...LOGGED_ACTS].sort().map((each) => option(each, each, each === act))}</select></div>
<div class="field"><label for="branch">Branch</label><select id="branch" name="branch">${BRANCHES.map((each) => option(each, each, each === branch))}</select></div>
<button>Search</button></form>`;
}
