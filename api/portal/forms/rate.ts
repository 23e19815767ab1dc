import { BoundedMap } from "../../../core/bounded-map.ts";

/** Forms that a session may send in a minute. */
export const FORMS_PER_MINUTE = 30;
const MINUTE = 60_000;
const MAX_SESSIONS = 10_000;

/** Counts the forms of each session. `take` says how many seconds to wait; 0: go on. */
export function formRate(now: () => number): { take(session: string): number } {
  const sent = new BoundedMap<string, number[]>(MAX_SESSIONS);
  return {
    take(session) {
      const at = now();
      const recent = (sent.get(session) ?? []).filter((each) => at - each < MINUTE);
      const [oldest] = recent;
      if (recent.length < FORMS_PER_MINUTE || oldest === undefined) {
        sent.set(session, [...recent, at]);
        return 0;
      }
      sent.set(session, recent);
      return Math.ceil((oldest + MINUTE - at) / 1000);
    },
  };
}
