import type { TableColumn } from "./report.ts";

const GAP = 2;
const NARROWEST = 6;

export interface TableLine {
  /** One piece for each column, padded to the column's width. */
  pieces: string[];
}

interface LaidOut {
  /** Each row's lines, the header's first; pieces stand in the order of `kept`. */
  rows: TableLine[][];
  /** The columns shown, by their numbers. */
  kept: number[];
}

/**
 * A table's rows, the header's first, as lines of a terminal `width` columns wide. Where they do not fit, columns that
 * may be dropped go first, then cells are wrapped between words, then within them; no cell is cut off.
 */
export function layOutTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number,
): LaidOut {
  const measured = columns.map((column, index) => ({ ...column, index, ...measure(rows, index) }));
  const kept = [...measured];
  const tooWide = () => total(kept.map(({ least }) => least)) > width;
  while (tooWide() && kept.some(({ drop }) => drop !== undefined)) {
    const last = kept.reduce((most, each) => ((each.drop ?? -1) >= (most.drop ?? -1) ? each : most));
    kept.splice(kept.indexOf(last), 1);
  }
  const widths = columnWidths(kept, width);
  const laidOut = rows.map((row) => {
    const wrapped = kept.map(({ index }, at) => wrap(row[index] ?? "", widths[at] ?? NARROWEST));
    const height = Math.max(1, ...wrapped.map((lines) => lines.length));
    return Array.from({ length: height }, (_, line) => ({
      pieces: kept.map(({ align }, at) => pad(wrapped[at]?.[line] ?? "", widths[at] ?? 0, align)),
    }));
  });
  return { rows: laidOut, kept: kept.map(({ index }) => index) };
}

/** Text broken between words, and within a word that is longer than a line: at its joints, where it has any. */
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

interface Widths {
  /** What the column takes without wrapping. */
  full: number;
  /** What it takes where only its title is wrapped; a column that stays is not asked for more than its words. */
  least: number;
  /** Its longest word. */
  word: number;
}

function measure(rows: readonly (readonly string[])[], index: number): Widths {
  const [title = "", ...body] = rows.map((row) => row[index] ?? "");
  const inTitle = Math.max(1, ...title.split(" ").flatMap(segments).map(displayWidth));
  const inBody = Math.max(1, ...body.map(displayWidth));
  const word = Math.max(inTitle, ...body.flatMap((cell) => cell.split(" ")).map(displayWidth));
  return { full: Math.max(inBody, displayWidth(title)), least: Math.max(inBody, inTitle), word };
}

/** Takes room from the widest columns: down to what their titles leave, then to their words, then to NARROWEST. */
function columnWidths(columns: readonly Widths[], width: number): number[] {
  const widths = columns.map(({ full }) => full);
  const floors = [columns.map(({ least }) => least), columns.map(({ word }) => word), columns.map(() => NARROWEST)];
  for (const floor of floors) {
    while (total(widths) > width) {
      const room = widths.map((each, index) => (each > (floor[index] ?? 0) ? each : 0));
      const widest = Math.max(...room);
      if (widest === 0) break;
      widths[room.indexOf(widest)] = widest - 1;
    }
  }
  return widths;
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, each) => sum + each, GAP * (widths.length - 1));
}

/** Where a long word may be parted with no harm: after _ / - and . */
function segments(word: string): string[] {
  return word.split(/(?<=[_/.-])/);
}

function broken(word: string, width: number): string[] {
  const pieces: string[] = [];
  let piece = "";
  for (const part of segments(word).flatMap((each) => (displayWidth(each) > width ? [...each] : [each]))) {
    if (piece !== "" && displayWidth(piece + part) > width) {
      pieces.push(piece);
      piece = "";
    }
    piece += part;
  }
  return [...pieces, piece];
}

function pad(text: string, width: number, align: TableColumn["align"]): string {
  const space = " ".repeat(Math.max(0, width - displayWidth(text)));
  return align === "right" ? space + text : text + space;
}
