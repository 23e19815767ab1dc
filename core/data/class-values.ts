import type { ColumnType } from "../../schemas/model-spec.ts";
import type { Value } from "../metrics/scored.ts";
import { wholeNumber } from "../same-slice.ts";

/**
 * A class that is written as text (in a column's name, or as the spec's `positive`) as a value of the label's type;
 * undefined if it does not fit. The same rule as for the label's own values: see `fromText`.
 */
export function classValue(text: string, type: ColumnType): Value | undefined {
  const word = text.trim().toLowerCase();
  switch (type) {
    case "long":
      return wholeNumber(word);
    case "double":
      return word !== "" && Number.isFinite(Number(word)) ? Number(word) : undefined;
    case "boolean":
      return ["true", "1", "1.0"].includes(word) ? true : ["false", "0", "0.0"].includes(word) ? false : undefined;
    default:
      return text;
  }
}

/** The order that numpy sorts classes in, as scikit-learn does: false before true, numbers by size, text by code point. */
export function compareClasses(a: Value, b: Value): number {
  if (typeof a === "string" && typeof b === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return Number(a) - Number(b);
}
