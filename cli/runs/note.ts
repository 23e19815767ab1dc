import { noteRun } from "../../core/acts/note-run.ts";
import { SlipwayError } from "../../core/errors.ts";
import { person } from "../../core/git/workspace.ts";
import { counted } from "../../core/report/verdict-words.ts";
import type { RunsResult } from "../../schemas/cli-output.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { namedRuns } from "./named-runs.ts";
import type { OpenRuns } from "./open-runs.ts";

/** `slipway runs note <run> "<text>"`: an empty text takes the note away. */
export async function note(session: Session, places: OpenRuns, words: readonly string[]): Promise<CommandOutcome> {
  const [named, text, ...more] = words;
  if (named === undefined || text === undefined || more.length > 0)
    throw new SlipwayError("USAGE", "slipway runs note takes a run and a text", {
      expected: 'slipway runs note <run> "what to remember of it"',
      found: words.length === 0 ? "nothing" : `${words.length} words`,
      hint: "put the text into quotes; an empty one takes the note away",
    });
  const [run] = await namedRuns(places, "note", [named]);
  const changed = await noteRun(places, run, { note: text }, await person(places.workspace));
  return outcome(session, "note", changed ? [run.run] : [], changed ? [] : [run.run], "noted");
}

/** `slipway runs star <run…>` and `unstar`. */
export function star(starred: boolean) {
  const act = starred ? "star" : "unstar";
  return async (session: Session, places: OpenRuns, named: readonly string[]): Promise<CommandOutcome> => {
    const runs = await namedRuns(places, act, named);
    const by = await person(places.workspace);
    const [changed, unchanged]: [string[], string[]] = [[], []];
    for (const run of runs) ((await noteRun(places, run, { starred }, by)) ? changed : unchanged).push(run.run);
    return outcome(session, act, changed, unchanged, starred ? "starred" : "no longer starred");
  };
}

/** What became of runs that were named. */
export function outcome(
  { colors }: Session,
  act: RunsResult["act"],
  changed: string[],
  unchanged: string[],
  done: string,
): CommandOutcome {
  const lines = [
    ...(changed.length > 0
      ? [`${colors.green("✓")} ${counted(changed.length, "run")} ${done}: ${changed.join(", ")}`]
      : []),
    ...(unchanged.length > 0 ? [`${counted(unchanged.length, "run")} unchanged: ${unchanged.join(", ")}`] : []),
  ];
  return { result: { act, changed, unchanged } satisfies RunsResult, text: lines.join("\n") };
}
