/** What a commit says; `author` is the header's whole value, with the time. */
export interface CommitObject {
  tree: string;
  parents: string[];
  author: string;
  /** When it says that it was made, in Unix seconds. */
  committed: number;
  message: string;
}

/** Parses a raw commit object. Throws where a header is missing. */
export function parseCommit(content: Buffer): CommitObject {
  const text = content.toString("utf8");
  const end = text.indexOf("\n\n");
  const headers = text.slice(0, end < 0 ? undefined : end).split("\n");
  const all = (key: string) =>
    headers.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));
  const [tree] = all("tree");
  const [author] = all("author");
  const [, committed] = / (-?\d+) [+-]\d+$/.exec(all("committer")[0] ?? "") ?? [];
  if (tree === undefined || author === undefined) throw new Error("not a Git commit: it has no tree or no author");
  const message = end < 0 ? "" : text.slice(end + 2);
  return { tree, parents: all("parent"), author, committed: Number(committed ?? 0), message };
}
