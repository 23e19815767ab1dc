import { readdir } from "node:fs/promises";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { SlipwayError } from "../../core/errors.ts";
import { removeTree } from "../../core/runtime/remove-tree.ts";

/**
 * Empties the workspace before user code starts: a runner that stays may hold another job's checkout there, with
 * labels and history. Nothing is touched unless the environment says that this is a job on a runner. Rejects with
 * UNSUPPORTED if the Action itself is in the workspace (`uses: ./…`).
 */
export async function clearWorkspace(
  { GITHUB_ACTIONS, GITHUB_WORKSPACE, RUNNER_TEMP }: Readonly<Record<string, string | undefined>>,
  own = fileURLToPath(import.meta.url),
): Promise<string[]> {
  if (GITHUB_ACTIONS !== "true" || !RUNNER_TEMP || !GITHUB_WORKSPACE) return [];
  const workspace = resolve(GITHUB_WORKSPACE);
  if (!isAbsolute(GITHUB_WORKSPACE) || workspace === "/" || isBelow(workspace, RUNNER_TEMP)) return [];
  if (isBelow(workspace, own)) {
    throw new SlipwayError("UNSUPPORTED", "This Action cannot run from the workspace, which it has to empty", {
      expected: "the Action by its repository's name: uses: slipway/slipway/actions/train@…",
      found: "a path in the workspace",
    });
  }
  const names = await readdir(workspace).catch(() => []);
  for (const name of names) await removeTree(join(workspace, name));
  return names;
}

function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, resolve(path));
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}
