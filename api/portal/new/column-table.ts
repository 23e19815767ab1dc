import { html } from "hono/html";
import { formatNumber } from "../../../core/gates/number-words.ts";
import type { ModelChoice } from "../../../core/new-model/guess-model.ts";
import { featureKind } from "../../../core/new-model/model-text.ts";
import type { TableColumn, TableProfile } from "../../../core/new-model/profile-table.ts";
import { visibleText } from "../../../core/report/escape-text.ts";
import type { Html } from "../request/page.ts";

const MOST_SHOWN = 5;

/** What each column of a table holds, and what becomes of it. */
export function columnTable({ columns, rows }: TableProfile, choice: ModelChoice): Html {
  const body = columns.map(
    (column) =>
      html`<tr><td>${visibleText(column.name)}</td><td>${column.type ?? "nothing"}</td><td class="num">${column.nulls === 0 ? "–" : column.nulls}</td><td class="num">${column.distinct}</td><td>${holds(column)}</td><td>${use(column, choice, rows)}</td></tr>`,
  );
  return html`<div class="scroll" role="region" aria-label="Columns" tabindex="0"><table><thead><tr><th scope="col">Column</th><th scope="col">Type</th><th scope="col" class="num">Missing</th><th scope="col" class="num">Values</th><th scope="col">Holds</th><th scope="col">Use</th></tr></thead><tbody>${body}</tbody></table></div>`;
}

function holds({ min, max, values = [], type }: TableColumn): string {
  if (min !== undefined && max !== undefined)
    return typeof min === "number" && typeof max === "number"
      ? `${formatNumber(min)} to ${formatNumber(max)}`
      : `${min} to ${max}`;
  if (values.length === 0) return type === undefined ? "" : "texts";
  const shown = values
    .slice(0, MOST_SHOWN)
    .map(({ value, count }) => `${value} (${count})`)
    .join(", ");
  return visibleText(`${shown}${values.length > MOST_SHOWN ? ", …" : ""}`, 300);
}

function use(column: TableColumn, choice: ModelChoice, rows: number): string {
  const { name, distinct } = column;
  if (name === choice.label) return "what is predicted";
  if (name === choice.id) return "names the row";
  if (name === choice.group) return "groups rows";
  if (name === choice.time) return "splits by time";
  const kind = featureKind(column, choice);
  if (kind !== undefined) return `feature: ${kind}`;
  return distinct < 2
    ? "left out: all the same"
    : distinct === rows
      ? "left out: another one in each row"
      : "left out: too many different texts";
}
