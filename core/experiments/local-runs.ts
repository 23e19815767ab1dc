import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { RunResult } from "../../schemas/run-result.ts";
import { type RunNote, RunStart, type RunStatus, RunSummary } from "../../schemas/run-summary.ts";
import { Tracked } from "../../schemas/tracked.ts";
import { ownerFate, ProcessOwner } from "../process-owner.ts";
import { LOCAL_RUN, RUN_FILES, readJson, runFolder } from "./run-folder.ts";
import { readNotes } from "./run-notes.ts";

const KILO = 1024;
const MAX_RESULT = 64 * KILO * KILO;
const MAX_SUMMARY = KILO * KILO;
const MAX_START = 4 * KILO * KILO;
const DAY = 24 * 60 * 60 * 1_000;
/** So many files are read at once. */
const AT_ONCE = 32;

/** Makes one line of a run. */
export interface Summarize {
  ended(result: RunResult): RunSummary;
  started(start: RunStart, status: RunStatus, tracked: Tracked | undefined): RunSummary;
}

/** The runs of `.slipway/runs`. */
export interface LocalRuns {
  /** `.slipway`. */
  readonly state: string;
  /** Newest first, with what people said of them. A run that has ended is read once. */
  list(): Promise<RunSummary[]>;
  folder(run: string): string;
}

/** Opens the runs of a state folder (`.slipway`). */
export function openLocalRuns(state: string, summarize: Summarize): LocalRuns {
  const runs = join(state, "runs");
  const ended = new Map<string, RunSummary>();

  async function summaryOf(run: string): Promise<RunSummary | undefined> {
    const known = ended.get(run);
    if (known !== undefined) return known;
    const folder = runFolder(runs, run);
    const found = (await endedRun(folder, run, summarize)) ?? (await begunRun(folder, run, summarize));
    if (found !== undefined && found.status !== "running") ended.set(run, found);
    return found;
  }

  return {
    state,
    folder: (run) => runFolder(runs, run),
    async list() {
      const names = (await readdir(runs).catch(() => []))
        .filter((name) => LOCAL_RUN.test(name))
        .sort()
        .reverse();
      const there = new Set(names);
      for (const name of ended.keys()) if (!there.has(name)) ended.delete(name);
      const notes = await readNotes(state);
      const found: RunSummary[] = [];
      for (let from = 0; from < names.length; from += AT_ONCE) {
        const some = await Promise.all(names.slice(from, from + AT_ONCE).map(summaryOf));
        found.push(...some.flatMap((each) => (each === undefined ? [] : [withNote(each, notes[each.run])])));
      }
      return found;
    },
  };
}

function withNote(summary: RunSummary, note: RunNote | undefined): RunSummary {
  if (note === undefined) return summary;
  const { note: text, starred, shared } = note;
  return {
    ...summary,
    ...(text === undefined ? {} : { note: text }),
    ...(starred ? { starred } : {}),
    ...(shared ? { shared: true } : {}),
  };
}

async function endedRun(folder: string, run: string, summarize: Summarize): Promise<RunSummary | undefined> {
  const kept = await readJson(join(folder, RUN_FILES.summary), MAX_SUMMARY, RunSummary);
  if (kept?.run === run) return kept;
  const result = await readJson(join(folder, RUN_FILES.result), MAX_RESULT, RunResult);
  return result?.run === run ? summarize.ended(result) : undefined;
}

/** A run without a result: it goes on for as long as its process does. */
async function begunRun(folder: string, run: string, summarize: Summarize): Promise<RunSummary | undefined> {
  const start = await readJson(join(folder, RUN_FILES.start), MAX_START, RunStart);
  if (start?.run !== run) return undefined;
  const owner = await readJson(join(folder, RUN_FILES.owner), 64 * KILO, ProcessOwner);
  const fate = owner === undefined ? "dead" : ownerFate(owner);
  const isFresh = async () => Date.now() - ((await stat(folder).catch(() => undefined))?.mtimeMs ?? 0) < DAY;
  const isRunning = fate === "alive" || (fate === "unknown" && (await isFresh()));
  // Its owner is gone once its result is written: it may have ended since that was looked for.
  const result = isRunning ? undefined : await endedRun(folder, run, summarize);
  if (result !== undefined) return result;
  return summarize.started(start, isRunning ? "running" : "interrupted", await trackedIn(folder));
}

/** What the program logged itself, so far. */
export function trackedIn(folder: string): Promise<Tracked | undefined> {
  return readJson(join(folder, RUN_FILES.tracked), 16 * KILO * KILO, Tracked);
}
