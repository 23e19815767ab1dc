import type { SliceFilter } from "../schemas/gate.ts";

/** The same columns with the same values, whether written as text or not: CSV has no types. */
export function sameSlice(a: SliceFilter, b: SliceFilter): boolean {
  const columns = Object.keys(a);
  return (
    columns.length === Object.keys(b).length &&
    columns.every((column) => Object.hasOwn(b, column) && String(a[column]) === String(b[column]))
  );
}
