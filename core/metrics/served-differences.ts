import type { Scored, Value } from "./scored.ts";

/** How far two numbers that should be one may lie apart: absolute up to 1, relative above. */
const TOLERANCE = 1e-6;

/** Where a serving program and a predict program disagree about the same rows. */
export interface ServedDifferences {
  /** Columns that only one of them has, as they are called in a predictions file. */
  columns: string[];
  /** The rows' places in `ids`. */
  rows: number[];
}

/** Compares predictions of one model on the same rows: classes are equal, numbers lie within 1e-6, and both have the same columns. */
export function servedDifferences(predicted: Scored, served: Scored): ServedDifferences {
  const [ours, theirs] = [columnsOf(predicted), columnsOf(served)];
  const [names, others] = [new Set(ours.keys()), new Set(theirs.keys())];
  const columns = [...names, ...others].filter((name) => !names.has(name) || !others.has(name));
  const compared = [...ours].flatMap(([name, values]) => {
    const other = theirs.get(name);
    return other === undefined ? [] : [{ values, other }];
  });
  const rows = predicted.ids.flatMap((_, row) => {
    const isSame =
      samePrediction(predicted.task, predicted.predictions[row], served.predictions[row]) &&
      compared.every(({ values, other }) => isNear(values(row), other(row)));
    return isSame ? [] : [row];
  });
  return { columns, rows };
}

type Column = (row: number) => number;

function columnsOf({ probabilities, scores }: Scored): Map<string, Column> {
  const found = new Map<string, Column>();
  for (const [prefix, table] of [["proba_", probabilities] as const, ["score_", scores] as const]) {
    const names = table?.classes?.map((value) => `${prefix}${value}`) ?? (table ? ["score"] : []);
    for (const [at, name] of names.entries())
      found.set(name, (row) => table?.values[row * names.length + at] as number);
  }
  return found;
}

/** Whether two predictions of one row say the same. A task without a label has no type for them: numbers are read as text then. */
export function samePrediction(task: Scored["task"], a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (typeof a === "number" && typeof b === "number") return task !== "classification" && isNear(a, b);
  const isText = typeof a === "string" && typeof b === "string" && a.trim() !== "" && b.trim() !== "";
  return task === "custom" && isText && isNear(Number(a), Number(b));
}

function isNear(a: number, b: number): boolean {
  return Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a), Math.abs(b));
}
