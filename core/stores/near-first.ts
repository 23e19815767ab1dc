import type { ArtifactStore } from "./store.ts";

/** What reads of a store. */
export type ReadableStore = Pick<ArtifactStore, "getFolder" | "getFile">;

/** Reads what `near` has whole from there, and everything else from `far`: what was fetched once is not fetched again. */
export function nearFirst(near: ReadableStore & Pick<ArtifactStore, "has">, far: ReadableStore): ReadableStore {
  return {
    async getFolder(artifact, target, options) {
      const from = (await near.has(artifact, options)) === "ok" ? near : far;
      return from.getFolder(artifact, target, options);
    },
    async getFile(file, target, options) {
      const from = (await near.has(file, options)) === "ok" ? near : far;
      return from.getFile(file, target, options);
    },
  };
}
