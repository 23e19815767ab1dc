import { isAbsolute, join } from "node:path";
import type { Problem } from "../../schemas/problem.ts";
import { SlipwayError } from "../errors.ts";
import { openFolderStore } from "./folder.ts";
import type { ArtifactStore, StoreOptions } from "./store.ts";

const DEFAULT = "file:.slipway/store";

export interface OpenStoreOptions extends StoreOptions {
  /** The registry is on a remote, so that other machines decide on the same versions. */
  remote?: boolean | undefined;
  /** As openFolderStore has it. */
  trusted?: string | undefined;
}

/**
 * The store that the policy's `artifacts.store` names. `repository` is the work tree's top, or the Git folder of a
 * bare repository: a relative `file:PATH` and the default `file:.slipway/store` start there, and their URIs stay
 * relative to it. PATH is taken literally. `at` is where the address stands. Rejects with UNSUPPORTED for every other scheme.
 */
export function openStore(
  store: string | undefined,
  repository: string,
  at: Pick<Problem, "file" | "line" | "column"> = {},
  { remote = false, ...about }: OpenStoreOptions = {},
): ArtifactStore {
  const address = store ?? DEFAULT;
  const path = /^file:(?:\/\/(?=\/))?(.+)$/.exec(address)?.[1];
  if (path === undefined || path.startsWith("//")) {
    throw new SlipwayError("UNSUPPORTED", "This version of Slipway keeps artifacts in a folder alone", {
      ...at,
      expected: "file:PATH in `artifacts.store` of slipway.yaml",
      found: address.replace(/\/\/[^/@]*@/, "//…@"),
    });
  }
  const clean = path.replace(/(?<=.)\/+$/, "");
  if (isAbsolute(clean)) {
    return openFolderStore(clean, `file:${clean}`, { ...about, reach: remote ? "shared" : "own" });
  }
  return openFolderStore(join(repository, clean), `file:${clean}`, { ...about, reach: remote ? "each" : "own" });
}

/** Whether an address names a folder of each clone's own: nobody else can read what is put there. */
export function isOfEachClone(store: string | undefined): boolean {
  const path = /^file:(?:\/\/(?=\/))?(.+)$/.exec(store ?? DEFAULT)?.[1];
  return path !== undefined && !isAbsolute(path);
}
