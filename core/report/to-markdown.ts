import { CHARTS, type ChartName } from "./chart-names.ts";
import { escapeAttribute, escapeMarkdown } from "./escape-text.ts";
import type { Cell, Mark, Report, Section, Table, TableColumn } from "./report.ts";
import { counted } from "./verdict-words.ts";

// GitHub takes 65,536 characters in a comment and 65,535 in a check; the rest is left to who posts it.
const LIMIT = 65_000;
const ROWS = [100, 30, 10, 3];
const COLUMNS = 12;
const CELL = 160;
/** More than a report on one model can have: what a change touches is never left out of it. */
const NOTICES = 20;

/** Marks as GitHub shows them. */
export const MARKS: Readonly<Record<Mark, string>> = {
  pass: "✅",
  fail: "❌",
  inconclusive: "❔",
  note: "ℹ️",
  better: "▲",
  worse: "▼",
  same: "≈",
};

interface MarkdownOptions {
  /** The address (http, https or relative path) of each chart that there is. */
  charts?: (name: ChartName) => string | undefined;
  /** Characters at most. Default 65,000; 62,000 always suffice for the verdict, and less may be exceeded. */
  limit?: number;
}

/**
 * The report as GitHub's Markdown, never longer than the limit: tables are shortened first, then folded
 * details left out, then sections from the end; what was left out is said. Every string is escaped.
 */
export function toMarkdown(report: Report, options: MarkdownOptions = {}): string {
  const limit = options.limit ?? LIMIT;
  const shown = report.sections.filter(({ folded }) => !folded);
  const folded = report.sections.filter((section) => section.folded);
  const charts = chartBlock(options.charts);
  const page = (blocks: readonly string[], missing: readonly string[]) =>
    [head(report), ...blocks, missingWords(missing), foot(report)].filter((block) => block !== "").join("\n\n");
  const fits = (blocks: readonly string[]) => page(blocks, report.sections.map(titleOf)).length <= limit;

  let blocks: string[] = [];
  for (const rows of ROWS) {
    blocks = shown.map((section) => sectionMarkdown(section, rows));
    if (fits(blocks)) break;
  }
  const missing: string[] = [];
  while (blocks.length > 0 && !fits(blocks)) {
    blocks.pop();
    missing.unshift(titleOf(shown[blocks.length]));
  }
  if (charts !== "" && !fits([...blocks, charts])) missing.push("Charts");
  else if (charts !== "") blocks.push(charts);
  for (const section of folded) {
    const block = ROWS.map((rows) => sectionMarkdown(section, rows)).find((each) => fits([...blocks, each]));
    if (block === undefined) missing.push(section.title);
    else blocks.push(block);
  }
  return `${page(blocks, missing)}\n`;
}

function head({ title, verdict, notices }: Report): string {
  const shown = notices.slice(0, NOTICES).map((notice) => `> ${escapeMarkdown(notice, 250)}`);
  const more = notices.length - shown.length;
  if (more > 0) shown.push(`> ${counted(more, "more notice")} left out.`);
  const line = `### ${MARKS[verdict.mark]} ${escapeMarkdown(title, 120)}: ${escapeMarkdown(verdict.text, 400)}`;
  return [line, ...(shown.length === 0 ? [] : [shown.join("\n>\n")])].join("\n\n");
}

/** One section as GitHub shows it, with at most `rows` rows of its table, and `cell` characters in each; escaped. */
export function sectionMarkdown(section: Section, rows: number, { heading = "####", cell = CELL } = {}): string {
  const content = [
    ...section.text.slice(0, 10).map((text) => escapeMarkdown(text, 500)),
    ...(section.table === undefined ? [] : tableBlocks(section.table, rows, cell)),
  ].join("\n\n");
  const title = escapeMarkdown(section.title, 80);
  return section.folded ? details(title, content) : `${heading} ${title}\n\n${content}`;
}

function tableBlocks(table: Table, most: number, longest: number): string[] {
  const { columns, rows, folds } = table;
  if (folds === undefined) return plainTable({ columns, rows }, most, longest);
  const [shown, rest] = [rows.slice(0, folds.from), rows.slice(folds.from)];
  const below = plainTable({ columns, rows: rest }, most, longest).join("\n\n");
  return [...plainTable({ columns, rows: shown }, most, longest), details(escapeMarkdown(folds.title, 80), below)];
}

function plainTable({ columns, rows }: Table, most: number, longest: number): string[] {
  const kept = columns.slice(0, COLUMNS);
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const lines = [
    line(joined(kept, (column) => (column.joins === "space" ? "" : escapeMarkdown(column.title, 60)))),
    line(kept.filter(({ joins }) => joins === undefined).map(({ align }) => (align === "right" ? "--:" : ":--"))),
    ...rows.slice(0, most).map((row) => line(joined(kept, (_, index) => cellBlock(row[index] ?? "", longest)))),
  ];
  const left = [
    ...(rows.length > most ? [counted(rows.length - most, "more row")] : []),
    ...(columns.length > COLUMNS ? [counted(columns.length - COLUMNS, "more column")] : []),
  ];
  return [lines.join("\n"), ...(left.length === 0 ? [] : [`… and ${left.join(", ")} left out.`])];
}

/** The texts of a row's cells: those of columns that join another one are in it. */
function joined(columns: readonly TableColumn[], text: (column: TableColumn, index: number) => string): string[] {
  const cells: string[] = [];
  for (const [index, column] of columns.entries()) {
    const each = text(column, index);
    if (column.joins === undefined || cells.length === 0) cells.push(each);
    else if (each !== "") cells.push(`${cells.pop()}${column.joins === "space" ? " " : "<br>"}${each}`);
  }
  return cells;
}

function cellBlock(cell: Cell, longest: number): string {
  if (typeof cell === "string") return escapeMarkdown(cell, longest);
  // A space that does not break: no line of a narrow table holds a symbol alone.
  return `${MARKS[cell.mark]}\u00a0${escapeMarkdown(cell.text, longest)}`;
}

function chartBlock(charts: MarkdownOptions["charts"]): string {
  const images = (Object.keys(CHARTS) as ChartName[]).flatMap((name) => {
    const address = charts?.(name);
    if (address === undefined || !isImageAddress(address)) return [];
    const image = `<img alt="${escapeAttribute(CHARTS[name])}" src="${escapeAttribute(encodeURI(decodedOnce(address)))}">`;
    return [{ name, image }];
  });
  const shown = images.filter(({ name }) => name === UNFOLDED).map(({ image }) => image);
  const folded = images.filter(({ name }) => name !== UNFOLDED).map(({ image }) => image);
  return [...shown, ...(folded.length === 0 ? [] : [details("Charts", folded.join("\n\n"))])].join("\n\n");
}

/** It shows at a glance which intervals hold zero, for which a table needs a reader. */
const UNFOLDED: ChartName = "comparison";

/** A page of the web, or a path; never another scheme. */
function isImageAddress(address: string): boolean {
  return /^https?:\/\//i.test(address) || !/^\s*[a-z][a-z0-9+.-]*:/i.test(address);
}

function decodedOnce(address: string): string {
  try {
    return decodeURI(address);
  } catch {
    return address;
  }
}

function details(title: string, content: string): string {
  return `<details><summary>${title}</summary>\n\n${content}\n\n</details>`;
}

function missingWords(titles: readonly string[]): string {
  if (titles.length === 0) return "";
  const more = titles.length > 10 ? ` and ${titles.length - 10} more` : "";
  const names = titles.slice(0, 10).map((title) => escapeMarkdown(title, 80));
  return `Left out to stay within GitHub's limit: ${names.join(", ")}${more}.`;
}

function foot({ footer }: Report): string {
  return footer
    .slice(0, 2)
    .map((text) => `<sub>${escapeMarkdown(text, 400)}</sub>`)
    .join("<br>\n");
}

function titleOf(section: Section | undefined): string {
  return section?.title ?? "";
}
