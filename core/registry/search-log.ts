import type { Person } from "../../schemas/names.ts";
import { readLog } from "./log.ts";
import type { LogEntry } from "./log-entry.ts";

/** Which acts; what is absent asks for nothing. */
export interface LogFilter {
  model?: string | undefined;
  version?: number | undefined;
  stage?: string | undefined;
  /** A person's name, a whole word of it, or id, in any case, or the account's id at GitHub or whoever identifies them. */
  by?: string | undefined;
  act?: string | undefined;
  /** From here on; both ends count. */
  since?: Date | undefined;
  until?: Date | undefined;
}

/** What a filter looks at. */
export type SearchedAct = Pick<LogEntry, "at" | "actor"> & {
  [Key in "model" | "version" | "stage" | "act"]?: LogEntry[Key] | undefined;
};

const PAGE = 2_000;

/**
 * The acts that a filter finds, newest first: a page of the branch's history at a time, for as long as somebody reads.
 * Clocks may run backwards, so a date ends no search.
 */
export async function* searchLog(
  folder: string,
  commit: string,
  filter: LogFilter,
  page = PAGE,
): AsyncGenerator<LogEntry> {
  const { model } = filter;
  const about = { limit: page, model };
  for (let entries = await readLog(folder, { ...about, commit }); ; ) {
    yield* entries.filter((entry) => matches(entry, filter));
    const last = entries.at(-1);
    if (last === undefined || entries.length < page) return;
    entries = await readLog(folder, { ...about, after: last.commit });
  }
}

/** Whether an act is one of those that a filter asks for. */
export function matches(entry: SearchedAct, { model, version, stage, by, act, since, until }: LogFilter): boolean {
  return (
    (model === undefined || entry.model === model) &&
    (version === undefined || entry.version === version) &&
    (stage === undefined || entry.stage === stage) &&
    (act === undefined || entry.act === act) &&
    (since === undefined || Date.parse(entry.at) >= since.getTime()) &&
    (until === undefined || Date.parse(entry.at) <= until.getTime()) &&
    (by === undefined || isBy(entry.actor, by.toLowerCase()))
  );
}

function isBy({ name, id, account = "" }: Person, person: string): boolean {
  const called = [name, ...name.split(/\s+/)];
  return [...called, id, account, account.split(":")[1] ?? ""].some((each) => each.toLowerCase() === person);
}
