import { type CommitObject, parseCommit } from "../git/commit-object.ts";
import type { SoundObjects, Unsound } from "../git/sound-objects.ts";
import { diffTrees } from "../git/tree-diff.ts";
import type { CommitTime } from "./commit-times.ts";
import type { Finding } from "./finding.ts";
import { isMutable, parsePath } from "./paths.ts";
import { sourceAt } from "./sources.ts";

/** A file that a commit wrote, or took out. */
export interface FileChange {
  path: string;
  mode: string;
  before: string | undefined;
  after: string | undefined;
  /** The bytes of `after`, where it is a plain file that could be read. */
  content: Buffer | undefined;
}

export interface HistoryCommit extends CommitObject {
  id: string;
}

/** A file at the tip. */
export interface BranchFile {
  blob: string;
  mode: string;
}

export interface BranchHistory {
  /** The branch's, oldest first. */
  commits: CommitTime[];
  /** Which commit added each path. */
  addedIn: Map<string, string>;
  /** Every file at the tip, by path, in the order of the commits that added them. */
  files: Map<string, BranchFile>;
  /** False where objects are missing or corrupt: what is behind them is not known. */
  whole: boolean;
  damaged: string[];
  findings: Finding[];
}

const FOLDER = "40000";
const FILE = "100644";
const CHUNK = 200;

/**
 * Walks the branch from its first commit, reading each object once and hashing it: what every commit changed, every record
 * that was touched after it was written, and every object that is damaged. `follow` is called with each commit, in order, as long as
 * none is damaged, and finds what else is wrong with it; `doubtful` says that something was found of the commit already.
 */
export async function verifyHistory(
  sound: SoundObjects,
  tip: string,
  follow: (commit: HistoryCommit, changes: readonly FileChange[], doubtful: boolean) => Finding[],
): Promise<BranchHistory> {
  const history: BranchHistory = {
    commits: [],
    addedIn: new Map(),
    files: new Map(),
    whole: true,
    damaged: [],
    findings: [],
  };
  const tell = (id: string, state: Unsound, where: string, commit: string, path?: string) => {
    history.whole = false;
    history.damaged.push(id);
    history.findings.push(damaged(id, state, where, { commit, ...(path === undefined ? {} : { path }) }));
  };
  const commits = await chain(sound, tip, tell);
  history.commits = commits.map(({ id, committed }) => ({ id, committed }));
  let tree = "";
  for (const commit of commits) {
    const { id, parents } = commit;
    const changes = await changesOf(sound, tree, commit, tell);
    tree = commit.tree;
    const found: Finding[] = parents.length > 1 ? [merged(id)] : [];
    found.push(...checkCommit(id, changes, history));
    if (history.whole) found.push(...follow(commit, changes, found.length > 0));
    history.findings.push(...found);
  }
  return history;
}

type Tell = (id: string, state: Unsound, where: string, commit: string, path?: string) => void;

/** By first parents, the oldest first; from the first that can be read. */
async function chain(sound: SoundObjects, tip: string, tell: Tell): Promise<HistoryCommit[]> {
  const commits: HistoryCommit[] = [];
  for (let id: string | undefined = tip; id !== undefined; ) {
    const at: string = id;
    const from = commits.at(-1)?.id;
    const say = (_: string, state: Unsound) =>
      tell(at, state, from === undefined ? "the branch's newest commit" : `the commit before ${from}`, at);
    const [object] = await sound.readMany([at], say);
    if (object === undefined) break;
    if (object.type !== "commit") {
      say(at, "corrupt");
      break;
    }
    const commit = { id: at, ...parseCommit(object.content) };
    commits.push(commit);
    id = commit.parents[0];
  }
  return commits.reverse();
}

async function changesOf(
  sound: SoundObjects,
  before: string,
  commit: HistoryCommit,
  tell: Tell,
): Promise<FileChange[]> {
  const changes: FileChange[] = [];
  const inside = async (old: string | undefined, now: string | undefined, folder: string): Promise<void> => {
    const ids = [old, now].filter((id) => id !== undefined && id !== "") as string[];
    const read = await sound.readMany(ids, (id, state) =>
      tell(id, state, `the folder ${folder || "at the top"} of commit ${commit.id}`, commit.id, folder || undefined),
    );
    const trees = new Map(ids.map((id, at) => [id, read[at]]));
    if (read.some((tree) => tree?.type !== "tree")) return;
    const content = (id: string | undefined) => trees.get(id ?? "")?.content ?? Buffer.alloc(0);
    for (const { name, mode, before, after } of diffTrees(content(old), content(now))) {
      const path = `${folder}${name}`;
      if (mode === FOLDER) await inside(before, after, `${path}/`);
      else changes.push({ path, mode, before, after, content: undefined });
    }
  };
  await inside(before, commit.tree, "");
  for (let from = 0; from < changes.length; from += CHUNK) {
    const plain = changes.slice(from, from + CHUNK).filter(({ mode, after }) => mode === FILE && after !== undefined);
    const paths = new Map(plain.map(({ after, path }) => [after as string, path]));
    const blobs = await sound.readMany([...paths.keys()], (id, state) => {
      const path = paths.get(id) as string;
      tell(id, state, `${path} in commit ${commit.id}`, commit.id, path);
    });
    const contents = new Map([...paths.keys()].map((id, at) => [id, blobs[at]?.content]));
    for (const change of plain) change.content = contents.get(change.after as string);
  }
  return changes;
}

function checkCommit(commit: string, changes: readonly FileChange[], { addedIn, files }: BranchHistory): Finding[] {
  const findings: Finding[] = [];
  const versions: string[] = [];
  for (const { path, before, after, mode } of changes) {
    if (after === undefined) files.delete(path);
    else files.set(path, { blob: after, mode });
    const record = parsePath(path);
    const known = mode === FILE && (record !== undefined || sourceAt(path) === after);
    if (after !== undefined && !known) findings.push(unknownFile(commit, path, mode));
    else if (record === undefined && sourceAt(path) === undefined) continue;
    else if (after === undefined)
      findings.push({
        code: "RECORD_DELETED",
        message: `Commit ${commit} deleted ${path}: nothing is ever taken out of the registry.`,
        path,
        commit,
        hint: `Read it with \`git show '${commit}^:${path}'\`, and ask who did it.`,
      });
    else if (before === undefined) {
      if (!addedIn.has(path)) addedIn.set(path, commit);
      if (record?.kind === "version") versions.push(path);
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

/** No record, no text of a decision under its own id, or no plain file. */
function unknownFile(commit: string, path: string, mode: string): Finding {
  return {
    code: "FILE_UNKNOWN",
    message: `Commit ${commit} wrote ${path}, which is no file of a registry.`,
    path,
    ...(mode === FILE ? {} : { found: `mode ${mode}` }),
    commit,
    hint: `See who added it with \`git show ${commit} -- '${path}'\`.`,
  };
}

function merged(commit: string): Finding {
  return {
    code: "HISTORY_MERGED",
    message: `Commit ${commit} is a merge: every act is one commit on top of the last.`,
    commit,
    hint: "Find who merged into the branch registry, and protect it.",
  };
}

/** An object that is named and cannot be believed. */
export function damaged(
  id: string,
  state: Unsound,
  where: string,
  about: { commit?: string; path?: string; ref?: string },
): Finding {
  return {
    code: state === "missing" ? "OBJECT_MISSING" : "OBJECT_CORRUPT",
    message: `The object ${id}, ${where}, is ${state}.`,
    ...about,
    hint: "`slipway verify --repair` brings it back where a remote of this repository, or the copy that `--from` names, has it: its id proves its bytes.",
  };
}
