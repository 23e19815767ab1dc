import type { CommitId } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import { runGit } from "../git/run.ts";

/** A file, and Git's id of what is in it; undefined where it is not. */
export interface FileChange {
  path: string;
  before: string | undefined;
  after: string | undefined;
}

/** What differs between two lists of files, by path. */
export function fileChanges(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): FileChange[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths
    .map((path) => ({ path, before: before.get(path), after: after.get(path) }))
    .filter((each) => each.before !== each.after);
}

/**
 * How some files differ between two commits, in Git's unified form, at most `maxBytes` of it; `isWhole` says whether that is all.
 * No program that a repository or a person configures for differences is started. Rejects with GIT_FAILED.
 */
export async function unifiedDiff(
  folder: string,
  { from, to, paths, maxBytes }: { from: CommitId; to: CommitId; paths: readonly string[]; maxBytes: number },
): Promise<{ text: string; isWhole: boolean }> {
  const how = ["--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", "--unified=3"];
  const ended = await runGit(folder, ["diff-tree", "-p", "-r", ...how, from, to, "--", ...paths], { maxBytes });
  if (ended.code !== 0 && !ended.printedTooMuch)
    throw new SlipwayError("GIT_FAILED", "Git could not tell what differs", { found: ended.words });
  return { text: ended.stdout.subarray(0, maxBytes).toString("utf8"), isWhole: !ended.printedTooMuch };
}
