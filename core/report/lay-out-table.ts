import type { Column } from "./report.ts";

const GAP = 2;
const NARROWEST = 6;

export interface Line {
  /** One piece for each column, padded to the column's width. */
  pieces: string[];
}

/** A table's rows as lines of a terminal `width` columns wide: the widest columns are wrapped, nothing is cut off. */
export function layOutTable(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): Line[][] {
  const widths = columnWidths(
    columns.map((_, index) => rows.map((row) => row[index] ?? "")),
    width,
  );
  return rows.map((row) => {
    const wrapped = columns.map((_, index) => wrap(row[index] ?? "", widths[index] ?? NARROWEST));
    const height = Math.max(1, ...wrapped.map((lines) => lines.length));
    return Array.from({ length: height }, (_, line) => ({
      pieces: columns.map(({ align }, index) => pad(wrapped[index]?.[line] ?? "", widths[index] ?? 0, align)),
    }));
  });
}

/** Text broken between words, and within a word that is longer than a line. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const joined = line === "" ? word : `${line} ${word}`;
    if (displayWidth(joined) <= width) {
      line = joined;
      continue;
    }
    if (line !== "") lines.push(line);
    const pieces = broken(word, width);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? "";
  }
  return [...lines, line];
}

/** Columns of a terminal that a text takes: East Asian wide characters and emoji two, combining marks none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{Mn}|\p{Me}|\p{Cf}/u.test(character)) continue;
    width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

const WIDE =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;

function columnWidths(cells: readonly (readonly string[])[], width: number): number[] {
  const widths = cells.map((column) => Math.max(1, ...column.map(displayWidth)));
  const room = Math.max(width - GAP * (cells.length - 1), cells.length);
  let over = widths.reduce((sum, each) => sum + each, 0) - room;
  while (over > 0) {
    const widest = Math.max(...widths);
    if (widest <= NARROWEST) break;
    widths[widths.indexOf(widest)] = widest - 1;
    over--;
  }
  return widths;
}

function broken(word: string, width: number): string[] {
  const pieces: string[] = [];
  let piece = "";
  for (const character of word) {
    if (piece !== "" && displayWidth(piece + character) > width) {
      pieces.push(piece);
      piece = "";
    }
    piece += character;
  }
  return [...pieces, piece];
}

function pad(text: string, width: number, align: Column["align"]): string {
  const space = " ".repeat(Math.max(0, width - displayWidth(text)));
  return align === "right" ? space + text : text + space;
}
