import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { canonicalJson, sha256 } from "../canonical.ts";
import type { LogWindow } from "./log-windows.ts";

const Notes = z.array(z.object({ code: z.string().max(100), message: z.string().max(2_000) }));
const Kept = z.object({
  windows: z.record(z.string(), z.string()),
  labels: z.string().optional(),
  told: z.object({ files: z.string(), notes: Notes }).optional(),
});
type Kept = z.infer<typeof Kept>;
const NOTHING: Kept = { windows: {} };
const MOST = 5_000;

type Place = Pick<LogWindow, "window" | "digest">;

export interface EmptyWindows {
  read(): Promise<{
    has(place: Place): boolean;
    hadLabels(digest: string): boolean;
    /** What was wrong with these files of labels. */
    notesOf(files: string): z.infer<typeof Notes>;
  }>;
  add(place: Place): Promise<void>;
  /** All labels of these files were looked for, and nothing was new. */
  addLabels(digest: string): Promise<void>;
  addNotes(files: string, notes: z.infer<typeof Notes>): Promise<void>;
}

/**
 * Windows whose files have no row of the stage (shadows alone, say), labels that changed nothing, and files of labels that are none: no record says so, since no
 * version answered. So this machine remembers it, to look once. Whatever is lost of it costs a look.
 */
export function emptyWindows(cache: string, { model, stage }: { model: string; stage: string }): EmptyWindows {
  const file = join(cache, `${sha256(`${model} ${stage}`)}.json`);
  const read = async (): Promise<Kept> => {
    try {
      return Kept.parse(JSON.parse(await readFile(file, "utf8")));
    } catch {
      return NOTHING;
    }
  };
  const write = async (kept: Kept) => {
    await mkdir(dirname(file), { recursive: true });
    const temporary = `${file}.${process.pid}`;
    await writeFile(temporary, canonicalJson(kept));
    await rename(temporary, file);
  };
  const key = ({ from, to }: Place["window"]) => `${from} ${to}`;
  return {
    async read() {
      const { windows, labels, told } = await read();
      return {
        has: ({ window, digest }) => windows[key(window)] === digest,
        hadLabels: (digest) => labels === digest,
        notesOf: (files) => (told?.files === files ? told.notes : []),
      };
    },
    async add({ window, digest }) {
      const kept = await read();
      const windows = Object.entries({ ...kept.windows, [key(window)]: digest }).sort();
      await write({ ...kept, windows: Object.fromEntries(windows.slice(-MOST)) });
    },
    addLabels: async (labels) => write({ ...(await read()), labels }),
    addNotes: async (files, notes) => write({ ...(await read()), told: { files, notes } }),
  };
}
