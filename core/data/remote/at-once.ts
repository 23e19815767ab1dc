/** Files that are asked for at once. */
const AT_ONCE = 8;

/** Acts on all, several at once; results in order. The first failure ends it. */
export async function eachOf<Item, Result>(
  items: readonly Item[],
  act: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  let isOver = false;
  const work = async () => {
    while (next < items.length && !isOver) {
      const at = next++;
      results[at] = await act(items[at] as Item);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, work));
  } finally {
    isOver = true;
  }
  return results;
}
