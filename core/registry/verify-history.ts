import { git } from "../git/run.ts";
import type { Finding } from "./finding.ts";
import { isMutable, parsePath } from "./paths.ts";

const BATCH = 1000;

/** What the branch's history says: which commit added each record, and every record that was touched afterwards. */
export async function verifyHistory(
  folder: string,
  tip: string,
): Promise<{ addedIn: Map<string, string>; commits: number; findings: Finding[] }> {
  const addedIn = new Map<string, string>();
  const findings: Finding[] = [];
  const commits = await history(folder, tip);
  for (const { commit, parents } of commits)
    if (parents.length > 1)
      findings.push({
        code: "HISTORY_MERGED",
        message: `Commit ${commit} is a merge: every act is one commit on top of the last.`,
        commit,
        hint: "Find who merged into the branch registry, and protect it.",
      });
  for (let from = 0; from < commits.length; from += BATCH) {
    const batch = commits.slice(from, from + BATCH);
    for (const { commit, changes } of await changesOf(folder, batch))
      findings.push(...checkCommit(commit, changes, addedIn));
  }
  return { addedIn, commits: commits.length, findings };
}

interface Change {
  status: string;
  path: string;
}

function checkCommit(commit: string, changes: readonly Change[], addedIn: Map<string, string>): Finding[] {
  const findings: Finding[] = [];
  const versions: string[] = [];
  for (const { status, path } of changes) {
    const record = parsePath(path);
    if (record === undefined) continue;
    if (status === "D")
      findings.push({
        code: "RECORD_DELETED",
        message: `Commit ${commit} deleted ${path}: nothing is ever taken out of the registry.`,
        path,
        commit,
        hint: `Read it with \`git show '${commit}^:${path}'\`, and ask who did it.`,
      });
    else if (status === "A") {
      if (!addedIn.has(path)) addedIn.set(path, commit);
      if (record.kind === "version") versions.push(path);
    } else if (!isMutable(record))
      findings.push({
        code: "RECORD_CHANGED",
        message: `Commit ${commit} changed ${path}, which is written once.`,
        path,
        commit,
        hint: `See what changed with \`git show ${commit} -- '${path}'\`.`,
      });
  }
  if (versions.length > 1)
    findings.push({
      code: "COMMIT_SHARED",
      message: `Commit ${commit} adds ${versions.length} versions: GTO could not tell them apart.`,
      found: versions.slice(0, 5).join(", "),
      commit,
      hint: "Register one version at a time.",
    });
  return findings;
}

async function history(folder: string, tip: string) {
  const output = await git(folder, ["log", "--first-parent", "--reverse", "--format=%H %P", tip, "--"]);
  return output
    .toString()
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [commit = "", ...parents] = line.split(" ").filter(Boolean);
      return { commit, parents };
    });
}

/** Each commit against its first parent. */
async function changesOf(folder: string, commits: readonly { commit: string; parents: readonly string[] }[]) {
  const input = commits.map(({ commit, parents }) => `${commit} ${parents[0] ?? ""}`.trim()).join("\n");
  const args = ["diff-tree", "--stdin", "--root", "-r", "-z", "--raw", "--no-renames", "--no-abbrev"];
  const tokens = (await git(folder, args, { input: `${input}\n` })).toString().split("\0");
  const found: { commit: string; changes: Change[] }[] = [];
  let status: string | undefined;
  for (const token of tokens) {
    if (status !== undefined) {
      found.at(-1)?.changes.push({ status, path: token });
      status = undefined;
    } else if (token.startsWith(":")) status = token.slice(token.lastIndexOf(" ") + 1);
    else if (token !== "") found.push({ commit: token.trim(), changes: [] });
  }
  return found;
}
