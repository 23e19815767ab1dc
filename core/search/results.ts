import type { OrderKey } from "./order.ts";
import { compareKeys } from "./page.ts";

export type OrderValues = readonly (string | number)[];

/** What a search found, in order; `keys` are what each item is ordered by. */
export interface Results<Item> {
  items: readonly Item[];
  keys: readonly OrderValues[];
}

export function inOrder<Item>(
  items: readonly Item[],
  order: readonly OrderKey[],
  ordered: (item: Item, key: OrderKey["key"], ascending: boolean) => string | number,
): Results<Item> {
  const keyed = items.map((item) => ({ item, keys: order.map(({ key, ascending }) => ordered(item, key, ascending)) }));
  keyed.sort((a, b) => compareKeys(order, a.keys, b.keys));
  return { items: keyed.map(({ item }) => item), keys: keyed.map(({ keys }) => keys) };
}

/** Where the items begin that come after these keys. By halves: a page of the middle costs no more than the first. */
export function firstAfter(keys: readonly OrderValues[], order: readonly OrderKey[], after: OrderValues): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareKeys(order, keys[middle] as OrderValues, after) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
