import { join } from "node:path";
import type { Repository } from "./repository.ts";

/** The lock of whoever packs the repository. */
export function upkeepLock({ commonFolder }: Pick<Repository, "commonFolder">): string {
  return join(commonFolder, "slipway", "upkeep");
}
