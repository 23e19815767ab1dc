import { html } from "hono/html";
import { canBeLabel, type ModelChoice } from "../../../core/new-model/guess-model.ts";
import type { TableColumn, TableProfile } from "../../../core/new-model/profile-table.ts";
import type { Html, PageRequest } from "../request/page.ts";

/** What was guessed of a table, to be chosen otherwise: all of it stands in the address. */
export function settingsForm(
  { host, query }: PageRequest,
  { columns }: TableProfile,
  choice: ModelChoice | undefined,
  name: string,
): Html {
  const select = (key: string, words: string, options: readonly (readonly [string, string])[], chosen = "") =>
    html`<div><label for="${key}">${words}</label><select id="${key}" name="${key}">${options.map(([value, text]) => html`<option value="${value}"${value === chosen ? html` selected` : ""}>${text}</option>`)}</select></div>`;
  const named = (fits: (column: TableColumn) => boolean) =>
    columns.filter(fits).map(({ name: each }) => [each, each] as const);
  const none = [["", "none"] as const];
  return html`<form method="get" action="${host.base}/new" class="actions"><input type="hidden" name="csv" value="${query.get("csv") ?? ""}">
<div><label for="name">Name</label><input id="name" name="name" value="${name}" maxlength="100" required autocomplete="off"></div>
${select(
  "label",
  "Predict",
  named((column) => canBeLabel(column)),
  choice?.label,
)}
${select(
  "task",
  "As",
  [
    ["classification", "a class"],
    ["regression", "a number"],
  ],
  choice?.task,
)}
${select("id", "Rows are named by", [...none, ...named(({ nulls, type }) => nulls === 0 && type !== "double")], choice?.id)}
${select("group", "Rows belong together by", [...none, ...named(({ nulls, type }) => nulls === 0 && type !== "double")], choice?.group)}
${select("time", "Split by time of", [...none, ...named(({ type, nulls }) => type === "datetime" && nulls === 0)], choice?.time)}
<button>Look again</button></form>`;
}
