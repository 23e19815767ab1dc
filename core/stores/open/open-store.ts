import { isAbsolute, join } from "node:path";
import type { StoreChoice } from "../../../schemas/policy.ts";
import type { Problem } from "../../../schemas/problem.ts";
import { parseStore } from "../address.ts";
import { openFolderStore } from "../file/folder.ts";
import { openOciStore } from "../oci/repository.ts";
import { openBucketStore } from "../s3/open.ts";
import type { ArtifactStore, StoreOptions } from "../store.ts";

export interface OpenStoreOptions extends StoreOptions {
  /** The registry is on a remote, so that other machines decide on the same versions. */
  remote?: boolean | undefined;
  /** As openFolderStore has it. */
  trusted?: string | undefined;
  /** Where credentials are taken from. Default: this process's environment. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
}

/**
 * The store that the policy's `artifacts.store` names. `repository` is the work tree's top, or the Git folder of a
 * bare repository: a relative `file:PATH` and the default `file:.slipway/store` start there, and their URIs stay
 * relative to it. PATH is taken literally. `at` is where the address stands. Rejects as parseStore does.
 */
export function openStore(
  store: StoreChoice | undefined,
  repository: string,
  at: Pick<Problem, "file" | "line" | "column"> = {},
  { remote = false, env = process.env, ...about }: OpenStoreOptions = {},
): ArtifactStore {
  const address = parseStore(store, at);
  if (address.scheme === "oci") return openOciStore(address, { ...about, env });
  if (address.scheme === "s3") return openBucketStore(address, env, about);
  const { path, uri } = address;
  if (isAbsolute(path)) return openFolderStore(path, uri, { ...about, reach: remote ? "shared" : "own" });
  return openFolderStore(join(repository, path), uri, { ...about, reach: remote ? "each" : "own" });
}
