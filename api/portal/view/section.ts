import { html } from "hono/html";
import { visibleText } from "../../../core/report/escape-text.ts";
import { type Cell, type Mark, type Section, SYMBOLS, type Table } from "../../../core/report/report.ts";
import type { Html } from "../request/page.ts";

const MOST_ROWS = 200;
const LONGEST_CELL = 1_000;

const WORDS: Readonly<Record<Mark, string>> = {
  pass: "passes",
  fail: "fails",
  inconclusive: "inconclusive",
  note: "note",
  better: "better",
  worse: "worse",
  same: "the same",
};

/** A section of a report as a part of a page. What is folded elsewhere is folded here. */
export function sectionHtml({ title, folded, text, table }: Section): Html {
  const content = html`${text.map((line) => html`<p>${visibleText(line, 2_000)}</p>`)}${table === undefined ? "" : tableHtml(table, title)}`;
  if (folded)
    return html`<details class="box"><summary><h2>${visibleText(title, LONGEST_CELL)}</h2></summary>${content}</details>`;
  return html`<section class="box"><h2>${visibleText(title, LONGEST_CELL)}</h2>${content}</section>`;
}

/** A table of a report. `name` is what a screen reader calls it. */
export function tableHtml({ columns, rows, folds }: Table, name: string): Html {
  const body = (
    part: readonly Cell[][],
  ) => html`<div class="scroll" role="group" aria-label="${visibleText(name, LONGEST_CELL)}" tabindex="0">
<table><thead><tr>${columns.map(({ title, align }) => html`<th scope="col"${numeric(align)}>${visibleText(title, LONGEST_CELL)}</th>`)}</tr></thead>
<tbody>${part.slice(0, MOST_ROWS).map((row) => html`<tr>${row.map((cell, at) => html`<td${numeric(columns[at]?.align)}>${cellHtml(cell)}</td>`)}</tr>`)}</tbody></table></div>
${part.length > MOST_ROWS ? html`<p class="quiet">${part.length - MOST_ROWS} more rows are not shown.</p>` : ""}`;
  if (folds === undefined) return body(rows);
  return html`${body(rows.slice(0, folds.from))}<details><summary>${folds.title}</summary>${body(rows.slice(folds.from))}</details>`;
}

/** A cell: never a colour alone. */
export function cellHtml(cell: Cell): Html {
  if (typeof cell === "string") return html`${visibleText(cell, LONGEST_CELL)}`;
  return html`${markHtml(cell.mark)} ${visibleText(cell.text, LONGEST_CELL)}`;
}

/** A mark with what it means; `of` says of what, where no text beside it does. */
export function markHtml(mark: Mark, of?: string): Html {
  const words = of === undefined ? WORDS[mark] : `${of}: ${WORDS[mark]}`;
  return html`<span class="mark ${mark}" role="img" aria-label="${words}">${SYMBOLS[mark]}</span>`;
}

function numeric(align: "left" | "right" | undefined): Html | "" {
  return align === "right" ? html` class="num"` : "";
}
