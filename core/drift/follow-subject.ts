import type { Timestamp } from "../../schemas/names.ts";
import type { FoundAlarm } from "./follow-bar.ts";
import type { WindowFinding } from "./window-findings.ts";

const LAST = 3;
const ENOUGH = 2;
const MOST_WINDOWS = 100;

/**
 * Follows one column's test or one rule over the windows that could tell; whoever calls hands them in in their order. It is an alarm
 * while two of the last three are bad.
 */
export function followSubject(kind: FoundAlarm["kind"]) {
  let last: { from: Timestamp; bad: boolean }[] = [];
  let seen: Timestamp[] = [];
  let newest: WindowFinding | undefined;
  return {
    kind,
    /** Without a finding the window was clean. */
    add(from: Timestamp, finding?: WindowFinding): void {
      const bad = finding?.bad === true;
      last = [...last, { from, bad }].slice(-LAST);
      if (bad) newest = finding;
      if (bad) seen.push(from);
      if (!isOpen(last)) seen = last.flatMap((each) => (each.bad ? [each.from] : []));
    },
    isOpen: () => isOpen(last),
    /** In words; undefined without an alarm. */
    alarm(): FoundAlarm | undefined {
      if (newest === undefined || !isOpen(last)) return undefined;
      return {
        kind,
        subject: newest.subject.slice(0, 2_000),
        since: seen[0] ?? "",
        windows: seen.slice(-MOST_WINDOWS),
        share: newest.share(),
        sure: false,
        words: newest.words().slice(0, 2_000),
      };
    },
  };
}

function isOpen(last: readonly { bad: boolean }[]): boolean {
  return last.filter(({ bad }) => bad).length >= ENOUGH;
}
