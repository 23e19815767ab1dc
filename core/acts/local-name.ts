import { basename, dirname } from "node:path";
import type { Workspace } from "../git/workspace.ts";

/** How records name a repository that is on no host: `local/` and its folder's name, as far as that is one for a host. */
export function localName({ state, commonFolder, bare }: Pick<Workspace, "state" | "commonFolder" | "bare">): string {
  const folder = basename(bare ? commonFolder : dirname(state)).replace(/[^A-Za-z0-9_.-]+/g, "-");
  return `local/${folder.slice(0, 100) || "repository"}`;
}
