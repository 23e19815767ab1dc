import { mkdir, mkdtemp, readdir, readFile, realpath, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { z } from "zod";
import { ownerFate, ownerOf, ProcessOwner } from "../process-owner.ts";
import { writeDurably } from "../write-durably.ts";
import { endDescendants } from "./descendants.ts";
import { removeTree } from "./remove-tree.ts";

const DAY = 24 * 60 * 60 * 1_000;
const PRIVATE = "slipway-private-";
const OPEN = "slipway-run-";
const Note = z.object({ owner: ProcessOwner, mark: z.string().min(8), open: z.string().regex(/^slipway-run-\w+$/) });

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

/** Makes the two folders under `parent` (default: the system's folder for temporary files; TMPDIR moves it). */
export async function makeWorkFolder(mark: string, parent = tmpdir()): Promise<WorkFolder> {
  await mkdir(parent, { recursive: true });
  const root = await realpath(parent);
  const hidden = await mkdtemp(join(root, PRIVATE));
  const open = await mkdtemp(join(root, OPEN));
  await writeDurably(
    join(hidden, "owner.json"),
    JSON.stringify({ owner: ownerOf(process.pid), mark, open: basename(open) }),
  );
  return {
    private: hidden,
    open,
    mark,
    remove: async () => {
      await removeTree(open);
      await removeTree(hidden);
    },
  };
}

/**
 * Clears up after runs that were killed: ends user code that they left running, and removes their temporary
 * folders after a day. Folders of other users, and of runs that still live, are left alone.
 */
export async function sweepWorkFolders(parent = tmpdir()): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    if (!name.startsWith(PRIVATE)) continue;
    const folder = join(parent, name);
    const about = await stat(folder).catch(() => undefined);
    if (!about?.isDirectory() || about.uid !== process.getuid?.()) continue;
    const note = await readNote(join(folder, "owner.json"));
    if (note && ownerFate(note.owner) !== "dead") continue;
    if (note) await endDescendants({ mark: note.mark, graceMs: 1_000 });
    if (Date.now() - about.mtimeMs < DAY) continue;
    if (note) await removeTree(join(parent, note.open));
    await removeTree(folder);
  }
}

async function readNote(path: string): Promise<z.infer<typeof Note> | undefined> {
  try {
    return Note.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return undefined;
  }
}
