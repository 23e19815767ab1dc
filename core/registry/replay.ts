import type { ModelRecord } from "../../schemas/model-record.ts";
import type { BlobId, CommitId } from "../../schemas/names.ts";
import { canonicalJson } from "../canonical.ts";
import { SlipwayError } from "../errors.ts";
import { encodeBlob, encodeCommit } from "../git/encode.ts";
import { displayName, isRetired } from "../promotion/apply-change.ts";
import { changeChange } from "./edits.ts";
import type { Finding } from "./finding.ts";
import { KINDS, type RecordKind, type RecordOf } from "./kinds.ts";
import { FORMAT, formatOf, parseMessage, placeInGroup, trailerLines } from "./message.ts";
import { parseRecord } from "./parse.ts";
import { formatPath, isMutable, parsePath } from "./paths.ts";
import { firstDifference } from "./record-difference.ts";
import {
  decisionChange,
  type LoneKind,
  recordChange,
  recordFile,
  registrationChange,
  reviewChange,
  rolloutChange,
  withTries,
} from "./records.ts";
import type { RegistryChange, RegistryFile } from "./registry-change.ts";
import { expectedEdit } from "./replay-edit.ts";
import { type Replayed, replayedCommit, type Written } from "./replayed-commit.ts";
import { sourcePath } from "./sources.ts";
import type { FileChange, HistoryCommit } from "./verify-history.ts";

/** Every commit of a branch, done again one after another. */
export interface Replay {
  /** Commits up to which people accepted the times. */
  accepted: ReadonlySet<CommitId>;
  /**
   * Records that are none, and what else the commit has that its act does not write. Of a commit that is `doubtful` already,
   * only the first is told.
   */
  follow(commit: HistoryCommit, changes: readonly FileChange[], doubtful: boolean): Finding[];
}

/**
 * Does every commit again: all that an act writes follows from the records that it added: files, trailers, who and when, but
 * for the words of its subject. A commit that is anything else was not written by an act, whatever its records say.
 */
export function openReplay(): Replay {
  /** The records that are written again, as the last commit left them, by path. */
  const last = new Map<string, unknown>();
  /** Whose the names are that are not a folder's. */
  const names = new Map<string, string>();
  /** The texts that are kept. */
  const kept = new Set<BlobId>();
  const commits = new Set<CommitId>();
  const accepted = new Set<CommitId>();
  let place = 0;

  function again(replayed: Replayed): RegistryChange {
    const { written, all, before } = replayed;
    for (const { at } of written) {
      if (at.kind === "accepted" && !commits.has(at.commit))
        throw new Error(`it accepts ${at.commit}, which is not on the branch`);
      if (at.kind === "display-name" && last.has(formatPath({ kind: "model", model: at.name })))
        throw new Error(`${at.name} is the name of another model`);
    }
    for (const { name } of all("model"))
      if (before(name) === undefined && names.has(name)) throw new Error(`${name} is the name of another model`);
    for (const { act, from, to = "", model } of all("change"))
      if (act === "rename" && (from !== displayName(replayed.known(model)) || !leads(to, model, replayed)))
        throw new Error(`it renames ${from} to ${to}, and does not say so of ${displayName(replayed.known(model))}`);
    return expectedChange(replayed);
  }

  function leads(name: string, model: string, { all }: Replayed): boolean {
    return name === model || names.get(name) === model || all("display-name").some((called) => called.name === name);
  }

  return {
    accepted,
    follow(commit, changes, doubtful) {
      const { id, message } = commit;
      // Published in one go with the commit before, or by itself.
      place = placeInGroup(message) === place + 1 ? place + 1 : 1;
      const { written, findings } = readWritten(commit, changes, last);
      for (const { at, path, record } of written) {
        if (isMutable(at)) last.set(path, record);
        if (at.kind === "accepted") accepted.add(at.commit);
      }
      const named = sourcesNamed(written).filter((blob) => !kept.has(blob));
      for (const blob of named) kept.add(blob);
      if (!doubtful && findings.length === 0)
        findings.push(
          ...judge(commit, changes, () => ({ made: again(replayedCommit(commit, written, last)), place, named })),
        );
      for (const { at, record } of written)
        if (at.kind === "display-name") names.set(at.name, (record as RecordOf<"display-name">).model);
      commits.add(id);
      return findings;
    },
  };
}

function judge(
  commit: HistoryCommit,
  changes: readonly FileChange[],
  make: () => { made: RegistryChange; place: number; named: readonly BlobId[] },
): Finding[] {
  const format = formatOf(commit.message);
  if (format !== FORMAT) return [formatUnknown(commit, changes, format)];
  try {
    const { made, place, named } = make();
    const why = fileDifference(changes, made, named) ?? commitDifference(commit, made, place);
    return why === undefined ? [] : [actWrong(commit, changes, why)];
  } catch (error) {
    // What no builder takes is no act.
    return [actWrong(commit, changes, { found: (error as Error).message })];
  }
}

function readWritten(
  { id }: HistoryCommit,
  changes: readonly FileChange[],
  last: ReadonlyMap<string, unknown>,
): { written: Written[]; findings: Finding[] } {
  const findings: Finding[] = [];
  const written = changes.flatMap(({ path, content }): Written[] => {
    const at = parsePath(path);
    if (at === undefined || content === undefined) return [];
    try {
      parseRecord(at.kind, content, path, id);
    } catch (error) {
      if (!(error instanceof SlipwayError)) throw error;
      const hint = `See who wrote it with \`git log registry -- '${path}'\`.`;
      findings.push({ code: "RECORD_INVALID", message: error.message, path, commit: id, hint });
      return [];
    }
    // As it was written: what a later version of Slipway put there is part of its bytes.
    return [{ at, path, record: JSON.parse(content.toString()), before: last.get(path) }];
  });
  return { written, findings };
}

/** The texts that the commit's records name: each is in the registry from the first commit on that names it. */
function sourcesNamed(written: readonly Written[]): BlobId[] {
  const blobs = written.flatMap(({ at, record }) => {
    const sources = KINDS[at.kind].sources as ((record: unknown) => readonly (BlobId | undefined)[]) | undefined;
    return sources?.(record).filter((blob) => blob !== undefined) ?? [];
  });
  return [...new Set(blobs)];
}

/**
 * What a commit writes beside the record that leads it, by that record's kind; the first of these kinds leads. The other kinds
 * with an act of their own write nothing else.
 */
const LEADING: { [Kind in RecordKind]?: (replayed: Replayed, record: RecordOf<Kind>) => RegistryChange } = {
  version: ({ all, before }, manifest) =>
    registrationChange({ manifest, record: before(manifest.model), metadata: all("metadata")[0] }),
  decision: ({ all, known }, decision) =>
    decisionChange({
      ...{ decision, record: known(decision.model), request: all("request")[0], review: all("review")[0] },
      rollout: all("rollout").find(({ completes }) => completes !== undefined),
    }),
  change({ all, known }, change) {
    const record = known(change.model);
    const { version } = change;
    if (version !== undefined && isRetired(record, version))
      throw new Error(`it is about version ${version}, which was gone`);
    const [next] = all("model");
    const changed = changeChange(
      change,
      change.act === "revive" ? revived(record, next) : record,
      all("display-name").length > 0,
    );
    const left = Object.entries(next?.aliases ?? {}).find(([, led]) => isRetired(next as ModelRecord, led));
    if (left !== undefined) throw new Error(`it leaves the alias ${left[0]} of version ${left[1]}, which is gone`);
    return changed;
  },
  rollout: ({ known }, rollout) => rolloutChange({ rollout, record: known(rollout.model) }),
  review: ({ known }, review) => reviewChange({ review, record: known(review.model) }),
};

/** The kinds that lead an act which may spend tries of a test set. */
const SPENDING: ReadonlySet<RecordKind> = new Set<RecordKind>([
  ...(["version", "decision", "review", "request", "comparison", "evaluation", "try"] as const),
]);

function expectedChange(commit: Replayed): RegistryChange {
  for (const kind of Object.keys({ ...LEADING, ...KINDS }) as RecordKind[]) {
    const [record, ...more] = commit.all(kind);
    if (record === undefined) continue;
    const leads = LEADING[kind] as ((commit: Replayed, record: unknown) => RegistryChange) | undefined;
    const change =
      leads?.(commit, record) ??
      (KINDS[kind].act === undefined ? undefined : recordChange(kind as LoneKind, [record, ...more] as never));
    if (change !== undefined) return SPENDING.has(kind) ? withTries(change, ledgerFiles(commit, change)) : change;
  }
  return expectedEdit(commit);
}

/** The records of a test set that a commit wrote, as they are written: who did the act spent its tries, at its moment. */
function ledgerFiles({ written, all }: Replayed, { author, at }: RegistryChange): RegistryFile[] {
  const other = all("try").find((made) => made.at !== at || canonicalJson(made.by) !== canonicalJson(author));
  if (other !== undefined) throw new Error(`it counts try ${other.id}, which somebody spent by another act`);
  return written.filter((each) => "test" in each.at).map((each) => recordFile(each.at, each.record));
}

/** Who revives a model describes it anew. */
function revived({ description: _, ...record }: ModelRecord, next: ModelRecord | undefined): ModelRecord {
  const said = next?.description === undefined ? {} : { description: next.description };
  return { ...record, tags: next?.tags ?? {}, ...said } as ModelRecord;
}

interface Difference {
  path?: string;
  expected?: string;
  found: string;
}

/** What of the commit's files is not what the act writes. */
function fileDifference(
  changes: readonly FileChange[],
  made: RegistryChange,
  sources: readonly BlobId[],
): Difference | undefined {
  const files = new Map(made.files.map(({ path, content }) => [path, { blob: encodeBlob(content).id, content }]));
  for (const blob of sources) files.set(sourcePath(blob), { blob, content: "" });
  for (const { path, after = "nothing", content } of changes) {
    const file = files.get(path);
    files.delete(path);
    if (file === undefined) return { path, expected: "not written by this act", found: after };
    if (file.blob === after) continue;
    return { path, ...(content === undefined ? { expected: file.blob, found: after } : told(file.content, content)) };
  }
  for (const path of files.keys()) return { path, expected: "written by this act", found: "nothing" };
  return undefined;
}

/** Where a record is not the one that is expected, by its keys. */
function told(expected: string, found: Buffer): { expected: string; found: string } {
  const [ours, theirs] = [JSON.parse(expected), JSON.parse(found.toString())];
  return firstDifference(ours, theirs) ?? { expected: "canonical JSON", found: "the same record in other bytes" };
}

/** What of the commit itself is not what the act makes: its trailers, who made it and when; its words are free. */
function commitDifference(commit: HistoryCommit, made: RegistryChange, place: number): Difference | undefined {
  const { tree, parents, id, author } = commit;
  const { prose, trailers: found } = parseMessage(commit.message);
  const expected = trailerLines(made.trailers, place);
  const at = Array.from({ length: Math.max(expected.length, found.length) }, (_, line) => line).find(
    (line) => expected[line] !== found[line],
  );
  if (at !== undefined) return { expected: expected[at] ?? "no other trailer", found: found[at] ?? "nothing" };
  const trailer = prose.split("\n").find((line) => line.startsWith("Slipway-"));
  if (trailer !== undefined) return { expected: "trailers in the last paragraph alone", found: trailer };
  const message = [prose, "", ...expected].join("\n");
  const again = encodeCommit({ tree, parents, author: made.author, at: made.at, message });
  if (again.id === id) return undefined;
  const who = /^author (.*)$/m.exec(again.content.toString())?.[1] ?? "";
  return who === author
    ? { expected: "no other headers, and the author as committer", found: "other headers" }
    : { expected: who, found: author };
}

function actWrong({ id }: HistoryCommit, changes: readonly FileChange[], why: Difference): Finding {
  const path = why.path ?? changes[0]?.path;
  return {
    code: "ACT_WRONG",
    message: `Commit ${id} is not what its act writes: it was made or changed by hand.`,
    ...why,
    ...(path === undefined ? {} : { path }),
    commit: id,
    hint: `See what it did with \`git show ${id}\`, and ask who made it. What it should not have done is undone by an act, never by rewriting history.`,
  };
}

function formatUnknown({ id, author }: HistoryCommit, changes: readonly FileChange[], format?: number): Finding {
  const path = changes[0]?.path;
  const newer = format !== undefined && format > FORMAT;
  return {
    code: "FORMAT_UNKNOWN",
    message: newer
      ? `Commit ${id} has format ${format}, which this slipway does not know.`
      : `Commit ${id} names no format: no act of slipway wrote it.`,
    ...{ expected: `the trailer Slipway-Format: ${FORMAT}`, found: format === undefined ? "none" : String(format) },
    ...(path === undefined ? {} : { path }),
    commit: id,
    hint: newer
      ? "Upgrade slipway: a newer one wrote this commit, and only that one can check it."
      : `See what it did with \`git show ${id}\`, and ask ${author.replace(/ \S+ \S+$/, "")}. What it should not have done is undone by an act, never by rewriting history.`,
  };
}
