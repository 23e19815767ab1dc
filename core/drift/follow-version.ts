import type { MonitorSpec } from "../../schemas/monitor-spec.ts";
import type { Alarm, WindowRecord } from "../../schemas/monitoring.ts";
import type { VersionNumber } from "../../schemas/names.ts";
import { followBar } from "./follow-bar.ts";
import { followSubject } from "./follow-subject.ts";
import { rulesChecked, windowFindings } from "./window-findings.ts";

/** What one more window came to. */
export interface VersionState {
  isAlarmed: boolean;
  /** Whether one of its alarms is on a bar. */
  byLabels: boolean;
  /** Puts them into words, which of thousands in each of hundreds of windows would take minutes. */
  alarms(): Alarm[];
  /** Whether the window counts: it had rows enough, or a label. */
  counts: boolean;
  labelled: boolean;
  bad: boolean;
}

const MOST_ALARMS = 1_000;

/** Follows one version over its windows of `length` milliseconds; whoever calls hands them in in their order. */
export function followVersion(version: VersionNumber, spec: MonitorSpec | undefined, length: number) {
  const bars = (spec?.bars ?? []).map(followBar);
  const subjects = new Map<string, ReturnType<typeof followSubject>>();
  let first: number | undefined;

  return (record: WindowRecord): VersionState => {
    const { from } = record.window;
    first ??= Date.parse(from);
    const findings = windowFindings(record, spec);
    for (const finding of findings) {
      const { kind, subject } = finding;
      const followed = subjects.get(subject) ?? followSubject(kind);
      subjects.set(subject, followed);
      followed.add(from, finding);
    }
    // A rule that no row breaks is not in the record.
    const named = new Set(findings.map(({ subject }) => subject));
    if (rulesChecked(record))
      for (const [subject, followed] of subjects)
        if (followed.kind === "rules" && !named.has(subject)) followed.add(from);
    const place = Math.round((Date.parse(from) - first) / length);
    const states = bars.map((follow) => follow(record, place));
    const byLabels = states.some(({ alarm }) => alarm !== undefined);
    const found = () =>
      [...states.map(({ alarm }) => alarm?.()), ...[...subjects.values()].map((followed) => followed.alarm())].flatMap(
        (alarm) => alarm ?? [],
      );
    const labelled = states.some((state) => state.labelled);
    return {
      isAlarmed: byLabels || [...subjects.values()].some((followed) => followed.isOpen()),
      byLabels,
      alarms: () =>
        found()
          .slice(0, MOST_ALARMS)
          .map((alarm) => ({ ...alarm, version })),
      counts: labelled || findings.length > 0 || rulesChecked(record),
      labelled,
      bad: findings.some(({ bad }) => bad) || states.some(({ bad }) => bad),
    };
  };
}
