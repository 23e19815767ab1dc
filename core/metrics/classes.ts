import { SlipwayError } from "../errors.ts";
import { wholeNumber } from "../same-slice.ts";
import type { Value } from "./scored.ts";

/** Class labels as numpy.unique sees them: sorted, without repeats. */
export interface Classes {
  readonly values: readonly Value[];
  /** The class's place, or -1 where it is none of them. Text names a whole number however that is written: "1.0" is 1. */
  indexOf(value: Value): number;
  /** The place of each value. */
  encode(values: readonly Value[]): Int32Array;
}

/**
 * The classes among `columns`, in numpy's order: numbers by value, text by code point, false before true.
 * true equals 1, as in numpy. Throws METRIC_UNFIT for numbers that are not whole (scikit-learn's `continuous`
 * targets) and for a mixture of text with numbers.
 */
export function classesOf(...columns: readonly (readonly Value[])[]): Classes {
  const seen = new Map<string | number, Value>();
  for (const column of columns) {
    for (const value of column) {
      const key = keyOf(value);
      if (!seen.has(key) || typeof value === "number") seen.set(key, value);
    }
  }
  const keys = [...seen.keys()];
  const text = keys.filter((key) => typeof key === "string").length;
  if (text > 0 && text < keys.length) {
    throw new SlipwayError("METRIC_UNFIT", "Labels and predictions mix text with numbers.", {
      expected: "classes of one kind",
      found: keys.slice(0, 4).map(show).join(", "),
      hint: "Write predictions exactly as the label column has its classes.",
    });
  }
  const fraction = keys.find((key) => typeof key === "number" && !Number.isInteger(key));
  if (fraction !== undefined) {
    throw new SlipwayError("METRIC_UNFIT", "A class must be text, true or false, or a whole number.", {
      expected: "class labels",
      found: show(fraction),
      hint: "Write the predicted class into `prediction`, and its probability into proba_<class>; numbers to estimate need `task: regression`.",
    });
  }
  return sortedClasses(keys.sort(compare).map((key) => seen.get(key) as Value));
}

/** The classes as given, in their order. */
export function sortedClasses(values: readonly Value[]): Classes {
  const places = new Map(values.map((value, place) => [keyOf(value), place]));
  const indexOf = (value: Value): number =>
    places.get(keyOf(value)) ?? (typeof value === "string" ? places.get(wholeNumber(value) ?? value) : undefined) ?? -1;
  return { values, indexOf, encode: (column) => Int32Array.from(column, indexOf) };
}

export function isSorted(values: readonly Value[]): boolean {
  return values.every((value, i) => i === 0 || compare(keyOf(values[i - 1] as Value), keyOf(value)) < 0);
}

/** numpy's order, numbers before text where a column mixes them. */
export function compareValues(a: Value, b: Value): number {
  return Number(typeof a === "string") - Number(typeof b === "string") || compare(keyOf(a), keyOf(b));
}

const keyOf = (value: Value): string | number => (typeof value === "boolean" ? Number(value) : value);
const show = (value: string | number): string => JSON.stringify(value) ?? String(value);

function compare(a: string | number, b: string | number): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  // UTF-16's order differs from numpy's beyond U+FFFF, so text is compared by code point.
  const left = [...String(a)];
  const right = [...String(b)];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
