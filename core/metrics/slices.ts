import type { SliceFilter } from "../../schemas/gate.ts";
import { SlipwayError } from "../errors.ts";
import { isValue } from "../same-slice.ts";
import { compareValues } from "./classes.ts";
import type { Scored, Value } from "./scored.ts";

export interface Slice {
  slice: SliceFilter;
  /** Row numbers, in order. */
  rows: number[];
}

/** A column with more values than this is not a slice column: the report and the registry would hold one entry for each. */
const MAX_SLICE_VALUES = 100;

/**
 * The rows of each value of each column (missing values belong to no slice), then of each filter, which may combine
 * columns; each once. Throws METRIC_UNFIT for a column that is not there or has more than MAX_SLICE_VALUES values.
 */
export function slicesOf(scored: Scored, columns: readonly string[], filters: readonly SliceFilter[] = []): Slice[] {
  const slices = columns.flatMap((column) => byValue(column, columnOf(scored, column)));
  for (const filter of filters) {
    const asked = byFilter(scored, filter);
    if (!slices.some((known) => hasColumns(known.slice, asked.slice))) slices.push(asked);
  }
  return slices;
}

function byValue(column: string, values: readonly (Value | null)[]): Slice[] {
  const rows = new Map<Value, number[]>();
  values.forEach((value, row) => {
    if (value === null) return;
    const known = rows.get(value);
    if (known) known.push(row);
    else rows.set(value, [row]);
  });
  if (rows.size > MAX_SLICE_VALUES) {
    throw new SlipwayError("METRIC_UNFIT", `The slice column ${column} has too many values.`, {
      expected: `at most ${MAX_SLICE_VALUES} values`,
      found: `${rows.size}`,
      hint: "Slice by a coarser column: one of bands or groups.",
    });
  }
  return [...rows]
    .sort(([a], [b]) => compareValues(a, b))
    .map(([value, found]) => ({ slice: { [column]: value }, rows: found }));
}

/** The slice names the values as the data hold them; where no row has one, as it is written. */
function byFilter(scored: Scored, filter: SliceFilter): Slice {
  const conditions = Object.entries(filter).map(([column, written]) => {
    const values = columnOf(scored, column);
    const held = values.find((value) => value !== null && isValue(value, written)) ?? written;
    return { column, values, held };
  });
  const holds = (row: number) => conditions.every(({ values, held }) => values[row] === held);
  return {
    slice: Object.fromEntries(conditions.map(({ column, held }) => [column, held])),
    rows: scored.ids.map((_id, row) => row).filter(holds),
  };
}

function hasColumns(a: SliceFilter, b: SliceFilter): boolean {
  const columns = Object.keys(a);
  return columns.length === Object.keys(b).length && columns.every((column) => a[column] === b[column]);
}

function columnOf(scored: Scored, column: string): readonly (Value | null)[] {
  const values = Object.hasOwn(scored.slices, column) ? scored.slices[column] : undefined;
  if (values) return values;
  throw new SlipwayError("METRIC_UNFIT", `There is no slice column ${column} in the test data.`, {
    expected: `one of ${Object.keys(scored.slices).join(", ") || "no columns"}`,
    found: column,
    hint: "Name columns of the test data under `slices`.",
  });
}

/** The same columns for some rows alone, in the order of `rows`. */
export function selectRows(scored: Scored, rows: readonly number[]): Scored {
  const pick = <Item>(values: readonly Item[]): Item[] => rows.map((row) => values[row] as Item);
  const numbers = (values: Float64Array, width = 1): Float64Array => {
    const picked = new Float64Array(rows.length * width);
    rows.forEach((row, i) => {
      for (let column = 0; column < width; column++)
        picked[i * width + column] = values[row * width + column] as number;
    });
    return picked;
  };
  const { probabilities, scores, groups, times } = scored;
  return {
    ...scored,
    ids: pick(scored.ids),
    labels: scored.labels.length > 0 ? pick(scored.labels) : [],
    predictions: pick(scored.predictions),
    ...(probabilities
      ? { probabilities: { ...probabilities, values: numbers(probabilities.values, probabilities.classes.length) } }
      : {}),
    ...(scores ? { scores: { ...scores, values: numbers(scores.values, scores.classes?.length ?? 1) } } : {}),
    ...(groups ? { groups: pick(groups) } : {}),
    ...(times ? { times: numbers(times) } : {}),
    slices: Object.fromEntries(Object.entries(scored.slices).map(([column, values]) => [column, pick(values)])),
    own: Object.fromEntries(Object.entries(scored.own).map(([name, values]) => [name, numbers(values)])),
  };
}
