/**
 * Acts on several items at once, at most `jobs` at a time, and gives what came of each in the order asked: one that
 * rejects stops no other.
 */
export async function sideBySide<Item, Result>(
  items: readonly Item[],
  jobs: number,
  act: (item: Item) => Promise<Result>,
): Promise<PromiseSettledResult<Result>[]> {
  const started: Promise<Result>[] = [];
  const worker = async () => {
    while (started.length < items.length) {
      const result = act(items[started.length] as Item);
      started.push(result);
      await result.catch(() => {});
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(jobs, items.length)) }, worker));
  return Promise.allSettled(started);
}
