import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { RunId, RunNote } from "../../schemas/run-summary.ts";
import { RunNotes } from "../../schemas/run-summary.ts";
import { canonicalJson } from "../canonical.ts";
import { withLock } from "../file-lock.ts";
import { ownerOf } from "../process-owner.ts";
import { writeDurably } from "../write-durably.ts";
import { readJson } from "./run-folder.ts";

const MAX_BYTES = 16 * 1024 * 1024;

/** What people said about local runs, by run. */
export async function readNotes(state: string): Promise<RunNotes["runs"]> {
  return (await readJson(placeOf(state), MAX_BYTES, RunNotes))?.runs ?? {};
}

/** Changes what is said of a run, whoever else does meanwhile; a note without anything in it is gone. */
export async function editNote(state: string, run: RunId, edit: (note: RunNote) => RunNote): Promise<RunNote> {
  return editNotes(state, (runs) => ({ ...runs, [run]: edit(runs[run] ?? {}) })).then((runs) => runs[run] ?? {});
}

/** Forgets what was said of runs that are gone. */
export async function dropNotes(state: string, gone: readonly RunId[]): Promise<void> {
  await editNotes(state, (runs) => Object.fromEntries(Object.entries(runs).filter(([run]) => !gone.includes(run))));
}

async function editNotes(state: string, edit: (runs: RunNotes["runs"]) => RunNotes["runs"]): Promise<RunNotes["runs"]> {
  await mkdir(state, { recursive: true });
  const holder = { ...ownerOf(process.pid), refs: {}, since: Date.now() };
  return withLock(
    join(state, "run-notes.lock"),
    { holder, doing: "writing notes on runs", patience: 10_000 },
    async () => {
      const before = await readNotes(state);
      const edited = Object.entries(edit(before)).filter(([, { note, starred, shared }]) => note ?? starred ?? shared);
      const runs = Object.fromEntries(edited);
      const text = canonicalJson(RunNotes.parse({ slipway: 1, runs }));
      if (text !== canonicalJson({ slipway: 1, runs: before })) await writeDurably(placeOf(state), text);
      return runs;
    },
  );
}

function placeOf(state: string): string {
  return join(state, "run-notes.json");
}
