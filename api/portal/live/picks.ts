import { SlipwayError } from "../../../core/errors.ts";
import { moment } from "../../../core/moment.ts";
import type { WindowRecord } from "../../../schemas/monitoring.ts";

/** Which of a model's windows are shown; what is absent asks for nothing. */
export interface Picks {
  version?: number | undefined;
  /** Windows that begin from here on. */
  from?: Date | undefined;
  /** Windows that begin before. */
  to?: Date | undefined;
  /** The begin of the one that is shown at length. */
  window?: string | undefined;
}

/** What an address picks: `?version=&from=&to=&window=`. Rejects with USAGE. */
export function readPicks(query: URLSearchParams, now: Date): Picks {
  const given = (name: string) => query.get(name)?.trim().slice(0, 100) || undefined;
  const version = given("version");
  if (version !== undefined && !/^[1-9]\d{0,8}$/.test(version))
    throw new SlipwayError("USAGE", "A version is a number from 1", { found: version });
  return {
    version: version === undefined ? undefined : Number(version),
    from: moment("from", given("from"), now),
    to: moment("to", given("to"), now, true),
    window: given("window"),
  };
}

/** Whether a window is one of those that are picked. */
export function isPicked({ version, window }: WindowRecord, picks: Picks): boolean {
  const begin = Date.parse(window.from);
  return (
    (picks.version === undefined || version === picks.version) &&
    (picks.from === undefined || begin >= picks.from.getTime()) &&
    (picks.to === undefined || begin <= picks.to.getTime())
  );
}
