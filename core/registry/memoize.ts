import type { BoundedMap } from "../bounded-map.ts";

/** What was asked for before, or is asked now. What failed is asked again, and so is what is not `worth` keeping. */
export function memoized<Value>(
  kept: BoundedMap<string, Promise<Value>>,
  key: string,
  ask: () => Promise<Value>,
  worth: (value: Value) => boolean = () => true,
): Promise<Value> {
  const known = kept.get(key);
  if (known !== undefined) return known;
  const asked = ask();
  kept.set(key, asked);
  const forget = () => {
    if (kept.get(key) === asked) kept.delete(key);
  };
  asked.then((value) => {
    if (!worth(value)) forget();
  }, forget);
  return asked;
}
