import { setTimeout as sleep } from "node:timers/promises";
import type { CommitId } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import type { Registry, RegistryChange, RegistrySnapshot } from "./registry.ts";

/**
 * Load, decide, publish; again from the start each time another writer was first. `build` decides from
 * the newest state and returns undefined where there is nothing to do, so it has to look for its own
 * act (by its fixed path) before anything else. Rejects with REGISTRY_MOVED after `attempts`.
 */
export async function publishWithRetry(
  registry: Registry,
  build: (snapshot: RegistrySnapshot) => Promise<RegistryChange | undefined>,
  attempts = 20,
): Promise<{ commit: CommitId; change: RegistryChange } | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    const snapshot = await registry.snapshot();
    const change = await build(snapshot);
    if (change === undefined) {
      // What was done already may have been done by a writer that was killed before its tags.
      await registry.complete();
      return undefined;
    }
    try {
      return { commit: await registry.publish(change, snapshot.commit), change };
    } catch (error) {
      if (!(error instanceof SlipwayError && error.code === "REGISTRY_MOVED") || attempt >= attempts) throw error;
    }
    await sleep(Math.random() * Math.min(1000, 10 * 2 ** attempt));
  }
}
