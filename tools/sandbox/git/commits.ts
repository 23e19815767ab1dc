import type { Commit } from "../state.ts";
import { serverGit } from "./run.ts";

const FIELDS = ["%H", "%T", "%P", "%an", "%ae", "%aI", "%cn", "%ce", "%cI", "%B"].join("%x1f");

/** A file that changed between two trees. */
export interface ChangedFile {
  path: string;
  status: "added" | "removed" | "modified";
  /** Of the new blob; of the old one where it was removed. */
  blob: string;
  additions: number;
  deletions: number;
}

/** Reads one commit. Rejects if it is not there. */
export async function readCommit(folder: string, id: string): Promise<Commit> {
  const [commit] = await readCommits(folder, [id, "-1"]);
  if (commit === undefined) throw new Error(`No commit ${id}`);
  return commit;
}

/** Reads the commits that `git log` would show for these revisions, oldest first. */
export async function readCommits(folder: string, revisions: readonly string[]): Promise<Commit[]> {
  const text = await serverGit(folder, ["log", "-z", "--reverse", `--format=${FIELDS}`, ...revisions, "--"]);
  return text.split("\0").filter(Boolean).map(parseCommit);
}

function parseCommit(text: string): Commit {
  const [id = "", tree = "", parents = "", ...rest] = text.split("\x1f");
  const [author = "", authorEmail = "", authored = "", name = "", email = "", committed = "", ...message] = rest;
  return {
    id,
    tree,
    parents: parents.split(" ").filter(Boolean),
    author: { name: author, email: authorEmail, date: authored },
    committer: { name, email, date: committed },
    message: message.join("\x1f").trimEnd(),
  };
}

const STATUS: Readonly<Record<string, ChangedFile["status"]>> = { A: "added", D: "removed" };

/** The files that differ between two commits; from the empty tree where `from` is undefined. */
export async function changedFiles(folder: string, from: string | undefined, to: string): Promise<ChangedFile[]> {
  const args = ["diff-tree", "-r", "-z", "--no-renames", "--no-commit-id", "--raw", "--numstat", "--abbrev=40"];
  const text = await serverGit(folder, [...args, ...(from === undefined ? ["--root", to] : [from, to])]);
  // The raw lines first, each with its path behind it; then the counts, in the same order.
  const words = text.split("\0").filter(Boolean);
  const files = words.length / 3;
  return Array.from({ length: files }, (_, at) => {
    const [, , old = "", blob = "", letter = ""] = (words[2 * at] ?? "").split(" ");
    const [additions = 0, deletions = 0] = (words[2 * files + at] ?? "").split("\t").map((count) => Number(count) || 0);
    const status = STATUS[letter] ?? "modified";
    return { path: words[2 * at + 1] ?? "", status, blob: status === "removed" ? old : blob, additions, deletions };
  });
}
