import { readLog } from "./log.ts";
import type { LogEntry } from "./log-entry.ts";

/** Which acts; what is absent asks for nothing. */
export interface LogFilter {
  model?: string | undefined;
  version?: number | undefined;
  stage?: string | undefined;
  /** A person's name or id, in any case, or the account's id at GitHub or whoever identifies them. */
  by?: string | undefined;
  act?: string | undefined;
  /** From here on; both ends count. */
  since?: Date | undefined;
  until?: Date | undefined;
}

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

function matches(entry: LogEntry, { model, version, stage, by, act, since, until }: LogFilter): boolean {
  const at = Date.parse(entry.at);
  const person = by?.toLowerCase();
  return (
    (model === undefined || entry.model === model) &&
    (version === undefined || entry.version === version) &&
    (stage === undefined || entry.stage === stage) &&
    (act === undefined || entry.act === act) &&
    (since === undefined || at >= since.getTime()) &&
    (until === undefined || at <= until.getTime()) &&
    (person === undefined ||
      [entry.actor.name, entry.actor.id, entry.actor.account ?? "", entry.actor.account?.split(":")[1] ?? ""].some(
        (each) => each.toLowerCase() === person,
      ))
  );
}
