import { BoundedMap } from "../../core/bounded-map.ts";
import type { EventContext } from "../github/event-context.ts";

const KEPT = 2_000;

/**
 * A cache for each repository. It spares calls, and may be lost at any time: whatever is not here is found again on
 * GitHub or in Git.
 */
export function repositoryCache<Key, Value>(
  limit = KEPT,
): (context: Pick<EventContext, "ports">) => BoundedMap<Key, Value> {
  // By what an App keeps open of one repository for as long as it runs: two Apps in one process share nothing.
  const caches = new WeakMap<object, BoundedMap<Key, Value>>();
  return ({ ports }) => {
    const cache = caches.get(ports.objects) ?? new BoundedMap(limit);
    caches.set(ports.objects, cache);
    return cache;
  };
}
