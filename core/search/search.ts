import type { FilterClause } from "./clause.ts";
import { compileFilter, type Searchable } from "./match.ts";
import type { OrderKey } from "./order.ts";

/** The items that a filter of runs or of the portal's models finds, in order. What lacks a value stands last, in either direction. */
export function search<Item>(
  items: readonly Item[],
  view: (item: Item) => Searchable,
  comparisons: readonly FilterClause[],
  order: readonly OrderKey[],
): Item[] {
  const matches = compileFilter(comparisons);
  const found = items.flatMap((item) => {
    const searchable = view(item);
    return matches(searchable) ? [{ item, values: order.map(({ key }) => orderValue(searchable, key)) }] : [];
  });
  const directions = order.map(({ ascending }) => ascending);
  if (directions.length > 0)
    found.sort((a, b) => {
      for (let at = 0; at < directions.length; at += 1) {
        const less = compareValues(a.values[at], b.values[at], directions[at] as boolean);
        if (less !== 0) return less;
      }
      return 0;
    });
  return found.map(({ item }) => item);
}

/** What an item is ordered by: a param that is a number counts as one. */
function orderValue(item: Searchable, key: OrderKey["key"]): string | number | undefined {
  const dot = key.indexOf(".");
  const [type, name] = [key.slice(0, dot), key.slice(dot + 1)];
  if (type === "metrics") return item.metric?.(name);
  if (type === "tags") return item.tag(name);
  if (type === "params") {
    const text = item.param?.(name);
    return text !== undefined && /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : text;
  }
  const value = item.attribute(name);
  return Array.isArray(value) ? value[0] : (value as string | number | undefined);
}

/** Numbers stand before texts. */
function compareValues(a: string | number | undefined, b: typeof a, ascending: boolean): number {
  if (a === b) return 0;
  if (a === undefined || b === undefined) return a === undefined ? 1 : -1;
  const isLess = typeof a === typeof b ? a < b : typeof a === "number";
  return isLess === ascending ? -1 : 1;
}
