import { html } from "hono/html";
import { windowWords } from "../../../core/report/window-words.ts";
import type { Html, PageRequest } from "../request/page.ts";
import { pathTo } from "../view/links.ts";
import type { Live } from "./load-live.ts";

/** Which windows are shown, and which one at length. */
export function picksForm({ host, query }: PageRequest, { model, versions, leading, last }: Live): Html {
  const action = pathTo(host, ["m", model.displayName, "live"]);
  const given = (name: string) => query.get(name) ?? "";
  const option = (value: string | number, words: string, chosen: boolean) =>
    html`<option value="${value}"${chosen ? html` selected` : ""}>${words}</option>`;
  return html`<form action="${action}" class="actions">
<div><label for="version">Version</label><select id="version" name="version">${option("", "whichever is live", given("version") === "")}${versions.map((each) => option(each, String(each), given("version") === String(each)))}</select></div>
<div><label for="from">From</label><input id="from" name="from" value="${given("from")}" placeholder="2026-03-01 or 30d" size="14"></div>
<div><label for="to">To</label><input id="to" name="to" value="${given("to")}" placeholder="2026-03-31" size="12"></div>
<div><label for="window">At length</label><select id="window" name="window">${option("", "the newest", given("window") === "")}${[...leading].reverse().map(({ window }) => option(window.from, windowWords(window), given("window") === window.from && last?.window.from === window.from))}</select></div>
<button>Show</button></form>`;
}
