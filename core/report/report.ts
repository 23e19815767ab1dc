import type { Verdict } from "../../schemas/gate.ts";

/*
 * A report as a value: plain text, told in order. Renderers escape every string, so nothing that a user
 * wrote can be anything but text.
 */
export interface Report {
  title: string;
  verdict: { mark: Mark; text: string };
  /** What a reviewer must know first: one sentence each. */
  notices: string[];
  sections: Section[];
  /** How the numbers were made, and how to make them again. */
  footer: string[];
}

export type Mark = Verdict | "note" | "better" | "worse" | "same";

export interface Section {
  title: string;
  /** Details are folded where the page can fold, and left out first where space runs out. */
  folded: boolean;
  text: string[];
  table?: Table;
}

export interface Table {
  columns: TableColumn[];
  rows: Cell[][];
  /** A page that can fold shows the rows from here on folded, under this title. */
  folds?: { from: number; title: string };
}

export interface TableColumn {
  title: string;
  align: "left" | "right";
  /** A page that is too narrow leaves such columns out, the highest first, before it wraps a cell. */
  drop?: number;
  /** A page shows the cell in the one before it: after a space, or on a line of its own, with the title above it. */
  joins?: "space" | "line";
}

/** Text, or text with a mark before it: never a colour alone. */
export type Cell = string | { mark: Mark; text: string };

export const SYMBOLS: Readonly<Record<Mark, string>> = {
  pass: "✓",
  fail: "✗",
  inconclusive: "?",
  note: "•",
  better: "▲",
  worse: "▼",
  same: "≈",
};

export function left(title: string): TableColumn {
  return { title, align: "left" };
}

export function right(title: string): TableColumn {
  return { title, align: "right" };
}

/** The cell's whole text, with its symbol. */
export function cellText(cell: Cell): string {
  return typeof cell === "string" ? cell : `${SYMBOLS[cell.mark]} ${cell.text}`;
}
