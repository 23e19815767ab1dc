import type { Column } from "../../schemas/model-spec.ts";
import type { TableColumn } from "./profile-table.ts";

/** A text with so few values is a list. */
const MOST_CATEGORIES = 20;
/** Of the span of what was seen: what comes later may lie a little beyond it. */
const MARGIN = 0.1;

/** What a column has to hold, by what it holds now: a little more room than that. Undefined for one without a type. */
export function columnRules(
  { type, nulls, distinct, min, max, values }: TableColumn,
  rows: number,
): Column | undefined {
  if (type === undefined || type === "other") return undefined;
  const missing = nulls === 0 ? {} : { nulls: roomForNulls(nulls / rows, rows) };
  if (type === "string" && values !== undefined && distinct <= MOST_CATEGORIES)
    return { type, "one-of": values.map(({ value }) => value).sort(), ...missing };
  if ((type !== "long" && type !== "double") || typeof min !== "number" || typeof max !== "number")
    return { type, ...missing };
  const margin = (max - min) * MARGIN || Math.abs(max) * MARGIN || 1;
  const [low, high] = [outward(min - margin, Math.floor), outward(max + margin, Math.ceil)];
  const least = min >= 0 ? Math.max(0, low) : low;
  const [from, to] = type === "long" ? [Math.floor(least), Math.ceil(high)] : [least, high];
  return { type, min: from, max: to, ...missing };
}

/** Of a part of the rows, chance makes the share larger than of all. */
function roomForNulls(share: number, rows: number): number {
  const chance = 4 * Math.sqrt((share * (1 - share)) / Math.max(1, rows * 0.2));
  return Math.min(1, Math.ceil((share + chance) * 100 + 1) / 100);
}

/** To three digits, away from the values. */
function outward(value: number, round: (value: number) => number): number {
  if (value === 0) return 0;
  const unit = 10 ** Math.max(-12, Math.floor(Math.log10(Math.abs(value))) - 2);
  return Number((round(value / unit) * unit).toPrecision(12));
}
