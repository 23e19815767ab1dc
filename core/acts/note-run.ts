import type { Person } from "../../schemas/names.ts";
import type { RunSummary } from "../../schemas/run-summary.ts";
import { SlipwayError } from "../errors.ts";
import type { LocalRuns } from "../experiments/local-runs.ts";
import type { Experiments } from "../experiments/open.ts";
import { editNote } from "../experiments/run-notes.ts";
import { openRunRecords, recordFile } from "../experiments/run-records.ts";

/** What is to be said of a run; an empty note takes it away. */
export interface RunRemark {
  note?: string | undefined;
  starred?: boolean | undefined;
}

/** In characters. */
export const MAX_NOTE = 2_000;

/**
 * Notes something on a run, or stars it: of a local run beside it, of others on the branch `experiments`. Resolves to whether
 * anything changed. Rejects with USAGE for a note that is too long.
 */
export async function noteRun(
  places: { local?: LocalRuns | undefined; experiments: Experiments; clock(): Date },
  { run, model, from, note: before, starred: was }: RunSummary,
  remark: RunRemark,
  by: Person,
): Promise<boolean> {
  const note = remark.note === undefined ? before : remark.note.trim() || undefined;
  const starred = remark.starred === undefined ? was : remark.starred || undefined;
  if ((note?.length ?? 0) > MAX_NOTE)
    throw new SlipwayError("USAGE", "the note is too long", { expected: `at most ${MAX_NOTE} characters` });
  if (note === before && starred === was) return false;
  const said = { ...(note === undefined ? {} : { note }), ...(starred ? { starred: true as const } : {}) };
  if (from === "local" && places.local !== undefined) {
    await editNote(places.local.state, run, ({ shared }) => ({ ...said, ...(shared ? { shared } : {}) }));
    return true;
  }
  const record = await openRunRecords(places.experiments).read(model, run);
  if (record === undefined) throw new SlipwayError("RUN_UNKNOWN", `the run ${run} is no longer on record`);
  const { note: _, starred: __, ...rest } = record;
  const [path, text] = recordFile({ ...rest, ...said });
  const subject = `${remark.starred === undefined ? "Note on" : starred ? "Star" : "Unstar"} run ${run}`;
  await places.experiments.write({ files: { [path]: text }, subject, author: by, at: places.clock() });
  return true;
}
