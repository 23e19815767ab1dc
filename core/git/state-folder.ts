import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Workspace } from "./workspace.ts";

/** Slipway's own folder, which keeps itself out of Git. */
export async function makeStateFolder(workspace: Workspace): Promise<void> {
  await mkdir(workspace.state, { recursive: true });
  if (!workspace.bare) await writeFile(join(workspace.state, ".gitignore"), "*\n");
}
