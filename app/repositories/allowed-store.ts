import { SlipwayError } from "../../core/errors.ts";
import type { Problem } from "../../schemas/problem.ts";

/** The stores of this machine, as its operator names them, and the repository that asks for one. */
export interface AllowedStores {
  /** `file:/mnt/slipway`, without a slash at the end. */
  roots: readonly string[];
  /** GitHub's number for the repository: it stays through a renaming, and nobody can take it. */
  repository: number;
}

/**
 * The allowed root that a policy's store lies below. Below each root a repository has one folder, named by its
 * number, so that no repository can read or overwrite another's bytes. Any other folder rejects with
 * STORE_NOT_ALLOWED, before it is looked at.
 */
export function allowedRoot(
  store: string,
  { roots, repository }: AllowedStores,
  at: Pick<Problem, "file" | "line" | "column"> = {},
): string {
  const root = roots.find((each) => store === `${each}/${repository}`);
  if (root !== undefined) return root.slice("file:".length);
  throw new SlipwayError("STORE_NOT_ALLOWED", "This App may not use the store that the policy names", {
    ...at,
    expected:
      roots.length === 0
        ? "no store: whoever runs the App has named none in SLIPWAY_STORES"
        : roots.map((each) => `${each}/${repository}`).join(" or "),
    found: store,
    hint:
      roots.length === 0
        ? "Ask whoever runs the App to name a folder in SLIPWAY_STORES."
        : "Name the repository's own folder under `artifacts: { store: … }` in slipway.yaml on the default branch.",
  });
}
