import pc from "picocolors";
import { visibleText } from "./escape-text.ts";
import { layOutTable, wrap } from "./lay-out-table.ts";
import type { Cell, Mark, Report, Section, Table } from "./report.ts";
import { cellText, SYMBOLS } from "./report.ts";
import { counted } from "./verdict-words.ts";

const ROWS = 100;
const LONGEST = 1_000;

interface TerminalOptions {
  /** False where NO_COLOR is set or nobody looks. */
  colour: boolean;
  /** The terminal's columns. */
  width: number;
  /** Show what Markdown folds, too. Default false. */
  details?: boolean;
}

/** The report for a terminal: aligned tables, symbols together with words. Escape sequences in its strings are shown, never sent. */
export function toTerminal(report: Report, options: TerminalOptions): string {
  const colours = pc.createColors(options.colour);
  const paint: Readonly<Record<Mark, (text: string) => string>> = {
    pass: colours.green,
    better: colours.green,
    fail: colours.red,
    worse: colours.red,
    inconclusive: colours.yellow,
    note: (text) => text,
    same: (text) => text,
  };
  const width = Math.max(40, options.width);
  const paragraph = (text: string, indent = "") =>
    wrap(visibleText(text, LONGEST), width - indent.length).join(`\n${indent}`);
  const { mark, text } = report.verdict;
  const sections = report.sections.filter(({ folded }) => options.details === true || !folded);
  return `${[
    paint[mark](colours.bold(paragraph(`${SYMBOLS[mark]} ${report.title}: ${text}`, "  "))),
    report.notices.map((notice) => `${SYMBOLS.note} ${paragraph(notice, "  ")}`).join("\n"),
    ...sections.map((section) => sectionLines(section).join("\n")),
    report.footer.map((line) => colours.dim(paragraph(line))).join("\n"),
  ]
    .filter((block) => block !== "")
    .join("\n\n")}\n`;

  function sectionLines(section: Section): string[] {
    const [only] = section.text;
    if (section.table === undefined && section.text.length === 1 && only !== undefined) {
      const [first = "", ...rest] = paragraph(`${section.title}: ${only}`, "  ").split("\n");
      const title = `${visibleText(section.title, LONGEST)}:`;
      return [first.startsWith(title) ? colours.bold(title) + first.slice(title.length) : first, ...rest];
    }
    const texts = section.text.map((line) => paragraph(line));
    return [
      colours.bold(paragraph(section.title)),
      ...texts,
      ...(section.table === undefined ? [] : tableLines(section.table)),
    ];
  }

  function tableLines({ columns, rows }: Table): string[] {
    const shown = rows.slice(0, ROWS);
    const texts = [columns.map(({ title }) => title), ...shown.map((row) => row.map(cellText))];
    const { rows: laidOut, kept } = layOutTable(
      columns,
      texts.map((row) => row.map((cell) => visibleText(cell, LONGEST))),
      width,
    );
    const [header, ...body] = laidOut;
    const join = (pieces: string[]) => pieces.join("  ").trimEnd();
    const lines = (header ?? []).map(({ pieces }) => colours.dim(join(pieces)));
    for (const [index, row] of body.entries()) {
      for (const { pieces } of row)
        lines.push(join(pieces.map((piece, at) => painted(shown[index]?.[kept[at] ?? at], piece))));
    }
    const more = rows.length - shown.length;
    const dropped = columns.filter((_, index) => !kept.includes(index)).map(({ title }) => title);
    return [
      ...lines,
      ...(more > 0 ? [`… and ${counted(more, "more row")}`] : []),
      ...(dropped.length > 0 ? [colours.dim(paragraph(`No room for: ${dropped.join(", ")}.`))] : []),
    ];
  }

  function painted(cell: Cell | undefined, piece: string): string {
    if (cell === undefined || typeof cell === "string") return piece;
    const text = piece.trimEnd();
    return text === "" ? piece : paint[cell.mark](text) + piece.slice(text.length);
  }
}
