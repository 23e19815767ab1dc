import { mkdir, mkdtemp, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { z } from "zod";
import { ownerOf, ProcessOwner } from "../process-owner.ts";
import { writeDurably } from "../write-durably.ts";
import { removeTree } from "./remove-tree.ts";

export const PRIVATE = "slipway-private-";
export const OPEN = "slipway-run-";

/** `owner.json` of a private folder: whose it is, and what goes with it. */
export const WorkNote = z.object({
  owner: ProcessOwner,
  mark: z.string().min(8),
  open: z.string().regex(/^slipway-run-\w+$/),
});

/**
 * A run's temporary folders, outside of any repository so that user code that looks upwards finds no `.git`.
 * Two, with unrelated names: test labels lie in `private`, whose path user code is never told, and user code gets
 * `open`. Both are the user's alone (mode 0700), which keeps out other users, not user code that searches the disk.
 */
export interface WorkFolder {
  private: string;
  open: string;
  /** The mark by which the run's processes are found: see RUN_MARK. */
  mark: string;
  remove(): Promise<void>;
}

/**
 * Makes the two folders under `parent` (default: the system's folder for temporary files; TMPDIR moves it). Their mark begins
 * with `mark`, and is theirs alone.
 */
export async function makeWorkFolder(mark: string, parent = tmpdir()): Promise<WorkFolder> {
  await mkdir(parent, { recursive: true });
  const root = await realpath(parent);
  const hidden = await mkdtemp(join(root, PRIVATE));
  const open = await mkdtemp(join(root, OPEN));
  // Two runs may have one id: of two servers, or of two tests.
  const own = `${mark}-${basename(open).slice(OPEN.length)}`;
  await writeDurably(
    join(hidden, "owner.json"),
    JSON.stringify({ owner: ownerOf(process.pid), mark: own, open: basename(open) }),
  );
  return {
    private: hidden,
    open,
    mark: own,
    remove: async () => {
      await removeTree(open);
      await removeTree(hidden);
    },
  };
}
