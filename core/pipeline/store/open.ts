import { isAbsolute, join } from "node:path";
import type { Problem } from "../../../schemas/problem.ts";
import { SlipwayError } from "../../errors.ts";
import { openFolderStore } from "./folder.ts";
import type { ArtifactStore } from "./store.ts";

const DEFAULT = "file:.slipway/store";

/**
 * The store that the policy's `artifacts.store` names. `repository` is the work tree's top, or the Git folder of a
 * bare repository: a relative `file:PATH` and the default `file:.slipway/store` start there, and their URIs stay
 * relative to it. PATH is taken literally. `at` is where the address stands. Rejects with UNSUPPORTED for every other scheme.
 */
export function openStore(
  store: string | undefined,
  repository: string,
  at: Pick<Problem, "file" | "line" | "column"> = {},
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
  if (isAbsolute(clean)) return openFolderStore(clean, `file:${clean}`);
  return openFolderStore(join(repository, clean), `file:${clean}`);
}
