import type { CommitId } from "../../schemas/names.ts";
import type { GitObjects } from "../git/objects.ts";
import { git } from "../git/run.ts";
import { type ChangedFile, FILES_TRAILER, filesDigest } from "../monitoring/files-trailer.ts";
import { MONITORING_REF } from "../monitoring/open-branch.ts";
import { parseMonitoringPath } from "../monitoring/paths.ts";
import type { Finding } from "../registry/finding.ts";
import { FORMAT, formatOf, trailerOf } from "../registry/message.ts";

const PLAIN = "100644";
const ACTS = new Set(["monitor", "snooze", "alarm"]);
const HINT =
  "See who wrote it with `git log monitoring`, and set the branch back to Slipway's last good commit: what was looked at since is looked at again.";

interface ListedCommit {
  commit: CommitId;
  parents: string[];
  message: string;
  files: (ChangedFile & { status: string; mode: string })[];
}

/** Whether each commit is one of Slipway's, on one before it, with exactly the files that it names, and none takes a record away. */
export async function verifyMonitoringHistory(objects: GitObjects, tip: CommitId): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const listed of await listCommits(objects, tip)) {
    const { commit, files } = listed;
    const about = { commit, ref: MONITORING_REF, hint: HINT };
    const wrong = wrongIn(listed);
    if (wrong !== undefined) findings.push({ code: "MONITORING_WRONG", message: `${wrong}.`, ...about });
    const gone = files.filter(({ status, path }) => status === "D" && parseMonitoringPath(path)?.kind !== "alarm");
    for (const { path } of gone)
      findings.push({ code: "MONITORING_INCOMPLETE", message: `${path} was taken away.`, path, ...about });
  }
  return findings;
}

function wrongIn({ message, parents, files }: ListedCommit): string | undefined {
  const isOurs = formatOf(message) === FORMAT && ACTS.has(trailerOf(message, "Act") ?? "");
  if (!isOurs) return "Somebody else wrote the branch monitoring";
  if (parents.length > 1) return "The branch monitoring has a merge";
  if (files.some(({ blob, mode }) => blob !== undefined && mode !== PLAIN)) return "A record is no plain file";
  if (trailerOf(message, FILES_TRAILER.replace("Slipway-", "")) === filesDigest(files)) return undefined;
  return "A commit of the branch monitoring has other files than it says";
}

const MARK = "\u001e";

/** In one go, the oldest first. */
async function listCommits({ folder }: GitObjects, tip: CommitId): Promise<ListedCommit[]> {
  const format = `--format=${MARK}%H%x00%P%x00%B%x00`;
  const args = [
    "log",
    "--reverse",
    "--root",
    "--raw",
    "--no-abbrev",
    "--no-renames",
    "-z",
    "-r",
    "-m",
    "--first-parent",
    format,
    tip,
  ];
  const text = (await git(folder, args)).toString("utf8");
  return text
    .split(MARK)
    .filter(Boolean)
    .map((part) => {
      const [commit = "", parents = "", message = "", ...raw] = part.split("\0");
      return { commit, parents: parents.split(" ").filter(Boolean), message, files: changedFiles(raw) };
    });
}

/** `:100644 100644 <id> <id> M`, and then the path. */
function changedFiles(raw: readonly string[]): ListedCommit["files"] {
  const files: ListedCommit["files"] = [];
  for (let at = 0; at < raw.length; at += 1) {
    const [, mode = "", , to = "", status = ""] = /^\n?:(\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) ([A-Z])/.test(raw[at] ?? "")
      ? (raw[at] ?? "").trim().split(" ")
      : [];
    if (status === "") continue;
    at += 1;
    files.push({ path: raw[at] ?? "", blob: /^0+$/.test(to) ? undefined : to, status, mode });
  }
  return files;
}
