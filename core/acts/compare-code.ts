import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { CodeChange } from "../../schemas/run-comparison.ts";
import type { RunRecord } from "../../schemas/run-summary.ts";
import type { LocalRuns } from "../experiments/local-runs.ts";
import { RUN_FILES, readCapped } from "../experiments/run-folder.ts";
import type { GitObjects } from "../git/objects.ts";
import { runGit } from "../git/run.ts";
import { isInside } from "../source/inside.ts";

const MAX_FILE = 1024 * 1024;
const MOST_FILES = 200;
const MAX_PATCH = 256 * 1024;

export interface CodePlaces {
  objects: GitObjects;
  local?: LocalRuns | undefined;
}

/** What differs between two runs' code. Undefined where one of them does not say what its code was. */
export interface CodeComparison {
  files: CodeChange[];
  /** As Git writes it; absent where nothing of it can be shown. */
  patch?: string;
  /** Nothing more is known of so many of the files than that they differ. */
  unseen: number;
}

/**
 * Compares the code of two runs, file by file. Content is read from Git by its id, or from a local run's folder where no commit
 * held it; what is neither here nor there is named without its lines.
 */
export async function compareCode(
  places: CodePlaces,
  from: RunRecord,
  to: RunRecord,
): Promise<CodeComparison | undefined> {
  if (from.files === undefined || to.files === undefined) return undefined;
  const [before, after] = [from.files, to.files].map((files) => new Map(files.map(({ path, blob }) => [path, blob])));
  const paths = [...new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])])]
    .filter((path) => isInside(path) && before?.get(path) !== after?.get(path))
    .sort();
  const folder = await mkdtemp(join(tmpdir(), "slipway-code-"));
  try {
    const seen: string[] = [];
    for (const path of paths.slice(0, MOST_FILES)) {
      const sides = [
        { name: "a", run: from, blob: before?.get(path) },
        { name: "b", run: to, blob: after?.get(path) },
      ];
      const contents = await Promise.all(sides.map(({ run, blob }) => contentOf(places, run, blob)));
      if (contents.includes("unknown")) continue;
      seen.push(path);
      for (const [at, { name }] of sides.entries()) {
        const content = contents[at];
        if (content === undefined || content === "unknown") continue;
        await mkdir(join(folder, name, dirname(path)), { recursive: true });
        await writeFile(join(folder, name, path), content);
      }
    }
    for (const name of ["a", "b"]) await mkdir(join(folder, name), { recursive: true });
    const lines = seen.length === 0 ? new Map<string, Counts>() : await countLines(folder);
    const patch = seen.length === 0 ? "" : await patchOf(folder);
    const files = paths.map((path): CodeChange => {
      const change = !before?.has(path) ? "added" : !after?.has(path) ? "removed" : "changed";
      return { path, change, ...(seen.includes(path) ? lines.get(path) : undefined) };
    });
    return { files, ...(patch === "" ? {} : { patch }), unseen: paths.length - seen.length };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function contentOf(
  { objects, local }: CodePlaces,
  run: RunRecord,
  blob: string | undefined,
): Promise<Buffer | "unknown" | undefined> {
  if (blob === undefined) return undefined;
  const beside = local && run.from === "local" ? join(local.folder(run.run), RUN_FILES.contents, blob) : undefined;
  const own = beside === undefined ? undefined : await readCapped(beside, MAX_FILE);
  if (own !== undefined) return own;
  const object = await objects.read(blob, MAX_FILE).catch(() => undefined);
  return object?.type === "blob" ? object.content : "unknown";
}

type Counts = Pick<CodeChange, "added_lines" | "removed_lines">;

const DIFF = ["diff", "--no-index", "--no-ext-diff", "--no-textconv", "--no-color", "--no-renames"];

async function countLines(folder: string): Promise<Map<string, Counts>> {
  const { stdout } = await runGit(folder, [...DIFF, "--numstat", "-z", "a", "b"]);
  const fields = stdout.toString("utf8").split("\0");
  const found = new Map<string, Counts>();
  // `added TAB removed TAB`, the path before, the path after; of a file that is on one side alone the other is /dev/null.
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [added = "", removed = ""] = (fields[at] ?? "").split("\t");
    const path = [fields[at + 2], fields[at + 1]].find((each) => each?.startsWith("a/") || each?.startsWith("b/"));
    const isText = /^\d+$/.test(added) && /^\d+$/.test(removed);
    if (path) found.set(path.slice(2), isText ? { added_lines: Number(added), removed_lines: Number(removed) } : {});
  }
  return found;
}

async function patchOf(folder: string): Promise<string> {
  const { stdout } = await runGit(folder, [...DIFF, "--no-prefix", "a", "b"]);
  const text = stdout.toString("utf8");
  return text.length <= MAX_PATCH ? text : `${text.slice(0, MAX_PATCH)}\n… the rest is left out\n`;
}
