import { DataLock, type LockedFile } from "../../schemas/data-record.ts";
import type { Problem } from "../../schemas/problem.ts";
import { SlipwayError } from "../errors.ts";
import type { SourceTree } from "../source/tree.ts";
import { dataUri, isMatch, shownUri } from "../spec/data-uri.ts";

const MAX_LOCK_BYTES = 16 * 1024 * 1024;

/** The `data.lock.json` beside a spec; undefined if there is none. Rejects with DATA_UNREADABLE. */
export async function readDataLock(tree: SourceTree, folder: string): Promise<DataLock | undefined> {
  const file = `${folder}/data.lock.json`;
  const content = await tree.read(file, MAX_LOCK_BYTES);
  if (content === undefined) return undefined;
  try {
    return DataLock.parse(JSON.parse(content.toString("utf8")));
  } catch (cause) {
    throw new SlipwayError("DATA_UNREADABLE", `${file} is not a data lock`, {
      file,
      expected: "what slipway lock writes",
      hint: "remove it and run slipway lock again",
      cause,
    });
  }
}

/**
 * What the lock pins for a URI of the spec: its file, or the files of a pattern, sorted bytewise. A run reads these alone,
 * whatever lies there by now. Rejects with DATA_NOT_PINNED if there is none, and with DATA_UNREADABLE if the lock was edited so
 * that it names what the pattern does not, or a file twice. `at` is where the spec names it.
 */
export function pinnedFiles(
  lock: DataLock | undefined,
  uri: string,
  at: Pick<Problem, "file" | "line" | "column"> = {},
): LockedFile[] {
  const about = dataUri(uri);
  const files = (lock?.files ?? []).filter((file) =>
    about.pattern ? file.of === uri : file.of === undefined && file.uri === uri,
  );
  if (files.length === 0)
    throw new SlipwayError("DATA_NOT_PINNED", `${shownUri(uri)} is not pinned`, {
      expected: `${about.pattern ? "the files that it names" : "an entry"} in data.lock.json`,
      hint: "run slipway lock and commit data.lock.json",
      ...at,
    });
  const seen = new Set<string>();
  for (const file of files) {
    if (!seen.has(file.uri) && (about.pattern === undefined || isMatch(about, file.uri))) seen.add(file.uri);
    else
      throw new SlipwayError("DATA_UNREADABLE", `data.lock.json does not fit ${shownUri(uri)}`, {
        expected: "what slipway lock writes: each file once, and only files that the pattern names",
        found: shownUri(file.uri),
        hint: "remove data.lock.json and run slipway lock again",
        ...at,
      });
  }
  return sortedBytewise(files);
}

/** By the bytes of their URIs. */
export function sortedBytewise<File extends { uri: string }>(files: readonly File[]): File[] {
  return [...files].sort((a, b) => Buffer.compare(Buffer.from(a.uri), Buffer.from(b.uri)));
}
