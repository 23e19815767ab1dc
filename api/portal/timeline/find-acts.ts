import { BoundedMap } from "../../../core/bounded-map.ts";
import { SlipwayError } from "../../../core/errors.ts";
import type { GitObjects } from "../../../core/git/objects.ts";
import { type ActIndex, openActIndex } from "../../../core/registry/act-index.ts";
import { isAncestor } from "../../../core/registry/high-water-mark.ts";
import type { LogEntry } from "../../../core/registry/log-entry.ts";
import { type ReasonedEntry, withReason } from "../../../core/registry/log-reasons.ts";
import { actsAt, newestActs } from "../../../core/registry/newest-acts.ts";
import { readSnapshot } from "../../../core/registry/snapshot.ts";
import type { CommitId } from "../../../schemas/names.ts";
import { type AskedActs, asksForAll, type Branch } from "./asked.ts";

/** So many acts are read for their words at once, and for one page. */
const WORDED = 250;
const MOST_WORDED = 2_000;

export interface ShownActs {
  /** Newest first. */
  acts: ReasonedEntry[];
  /** Asked for acts before this one, the next are found; undefined: these are the last. */
  older: CommitId | undefined;
  /** How many acts were looked at, if the search ended before it had found a page of them. */
  stoppedAfter: number | undefined;
}

const indexes = new WeakMap<GitObjects, Map<Branch, ActIndex>>();
/** What an act's records say never changes: they are written once. */
const reasons = new WeakMap<GitObjects, BoundedMap<CommitId, ReasonedEntry>>();
const MOST_REASONS = 2_000;

/**
 * The newest acts of a branch that are asked for, at most `limit`. All of them start no program but to see that `before` is on
 * the branch: another branch's commit may say anything of itself. Rejects with USAGE for such a one.
 */
export async function findActs(
  objects: GitObjects,
  tip: CommitId | undefined,
  asked: AskedActs,
  limit: number,
): Promise<ShownActs> {
  if (tip === undefined) return { acts: [], older: undefined, stoppedAfter: undefined };
  const { branch, before } = asked;
  if (before !== undefined && !(await isAncestor(objects.folder, before, tip)))
    throw new SlipwayError("USAGE", `There is no such commit on the branch ${branch}`, {
      found: before,
      hint: "The address may be of another repository. The timeline's first page has the newest acts.",
    });
  const found = asksForAll(asked)
    ? await allActs(objects, before === undefined ? tip : `${before}~1`, limit)
    : await searched(objects, tip, asked, limit);
  return { ...found, acts: await reasoned(objects, tip, branch, found.acts) };
}

async function allActs(objects: GitObjects, from: string, limit: number): Promise<ShownActs> {
  const acts = await newestActs(objects, from, limit + 1);
  const shown = acts.slice(0, limit);
  return { acts: shown, older: acts.length > limit ? shown.at(-1)?.commit : undefined, stoppedAfter: undefined };
}

async function searched(
  objects: GitObjects,
  tip: CommitId,
  { branch, filter, words, before: asked }: AskedActs,
  limit: number,
): Promise<ShownActs> {
  const index = indexOf(objects, branch);
  const acts: ReasonedEntry[] = [];
  let [before, looked, worded] = [asked, 0, 0];
  while (true) {
    const most = words.length === 0 ? limit + 1 - acts.length : WORDED;
    const found = await index.search(tip, filter, { before, limit: most });
    looked += found.looked;
    worded += found.commits.length;
    before = found.stopped;
    const entries = await actsAt(objects, found.commits);
    const told = words.length === 0 ? entries : await reasoned(objects, tip, branch, entries);
    acts.push(...told.filter((act) => says(act, words)));
    if (acts.length > limit) {
      const shown = acts.slice(0, limit);
      return { acts: shown, older: shown.at(-1)?.commit, stoppedAfter: undefined };
    }
    const isOver = before === undefined || found.commits.length < most || worded >= MOST_WORDED;
    if (isOver) return { acts, older: before, stoppedAfter: before === undefined ? undefined : looked };
  }
}

function indexOf(objects: GitObjects, branch: Branch): ActIndex {
  const known = indexes.get(objects) ?? new Map<Branch, ActIndex>();
  indexes.set(objects, known);
  const index = known.get(branch) ?? openActIndex(objects);
  known.set(branch, index);
  return index;
}

/** Why, from the records beside; the registry's acts alone have such. */
async function reasoned(
  objects: GitObjects,
  tip: CommitId,
  branch: Branch,
  acts: readonly LogEntry[],
): Promise<ReasonedEntry[]> {
  if (branch !== "registry") return [...acts];
  const kept = reasons.get(objects) ?? new BoundedMap<CommitId, ReasonedEntry>(MOST_REASONS);
  reasons.set(objects, kept);
  const snapshot = await readSnapshot(objects, tip);
  const read = async (act: LogEntry) => {
    const found = kept.get(act.commit) ?? (await withReason(snapshot, act));
    // What is damaged may be repaired.
    if (found.unreadable === undefined) kept.set(act.commit, found);
    return found;
  };
  return Promise.all(acts.map(read));
}

function says(act: ReasonedEntry, words: readonly string[]): boolean {
  const { subject, actor, reason = "", refusals = [], asked_by, approved_by = [], model = "", stage = "" } = act;
  const people = [actor, ...(asked_by ? [asked_by] : []), ...approved_by].flatMap(({ name, id }) => [name, id]);
  const text = [subject, reason, model, stage, ...refusals, ...people].join("\n").toLowerCase();
  return words.every((word) => text.includes(word));
}
