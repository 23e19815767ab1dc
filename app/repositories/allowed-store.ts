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
 * The root that a policy's store lies below. A repository has one folder below each root, called as its number, so that
 * none can read or overwrite another's bytes: whatever else its policy names rejects with STORE_NOT_ALLOWED, and is not looked at.
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
