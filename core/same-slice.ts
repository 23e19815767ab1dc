import type { SliceFilter } from "../schemas/gate.ts";

type Scalar = SliceFilter[string];

/**
 * Whether a value that the data hold is the one that a person wrote: text by its characters (a number as it is written),
 * a whole number by its value, however it is written, since it has one spelling alone in the data.
 */
export function isValue(held: Scalar, written: Scalar): boolean {
  const text = String(written);
  if (typeof held === "string") return text === held;
  if (typeof held === "boolean") return wholeNumber(text) === Number(held) || text.toLowerCase() === String(held);
  return (typeof written === "boolean" ? Number(written) : wholeNumber(text)) === held || text === String(held);
}

/** The number that a text writes, where it is whole and held exactly: 7, +7, 7.0. */
export function wholeNumber(text: string): number | undefined {
  const value = /^[+-]?\d+(\.0*)?$/.test(text) ? Number(text) : undefined;
  return Number.isSafeInteger(value) ? value : undefined;
}

/** The slice that was asked for among those that the data hold: the one that is written in the same way, if there is one. */
export function findSlice<Each extends { slice: SliceFilter }>(
  slices: readonly Each[] | undefined,
  asked: SliceFilter,
): Each | undefined {
  const has = (same: (held: Scalar, written: Scalar) => boolean) => (each: Each) => {
    const columns = Object.keys(each.slice);
    return (
      columns.length === Object.keys(asked).length &&
      columns.every(
        (column) => Object.hasOwn(asked, column) && same(each.slice[column] as Scalar, asked[column] as Scalar),
      )
    );
  };
  return slices?.find(has((held, written) => String(held) === String(written))) ?? slices?.find(has(isValue));
}
