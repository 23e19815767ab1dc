import type { MonitorSpec } from "../../schemas/monitor-spec.ts";
import type { MonitorState, WindowRecord } from "../../schemas/monitoring.ts";
import { toSecond } from "../clock.ts";
import { CLEAN_WINDOWS } from "../drift/follow-bar.ts";
import { type Advised, adviceSection } from "./monitor-advice.ts";
import {
  alarmSection,
  driftSection,
  estimateSection,
  metricsSection,
  ruleSection,
  volumeSection,
} from "./monitor-sections.ts";
import type { Mark, Report } from "./report.ts";
import { counted } from "./verdict-words.ts";
import { dayWords, windowWords } from "./window-words.ts";

export interface MonitorTold extends Advised {
  /** Looks at the model's windows, in any order. */
  windows: readonly WindowRecord[];
  spec: MonitorSpec | undefined;
  /** What was done about the alarms, a sentence each. */
  done?: readonly string[] | undefined;
}

const MARKS: Readonly<Record<MonitorState["state"], Mark>> = {
  quiet: "pass",
  alarmed: "fail",
  clearing: "inconclusive",
  unwatched: "note",
  idle: "note",
};

/** Where a model stands, why, and what a person can do: of the last window that was looked at, and of those before it. */
export function monitorReport(told: MonitorTold): Report {
  const { state, windows, spec, done = [] } = told;
  const newest = [...windows].sort((a, b) => (a.window.from < b.window.from ? 1 : -1));
  const last = newest.find(({ version, window }) => version === state.version && window.from === state.last?.from);
  const labelled = newest.find(({ version, performance }) => version === state.version && performance !== undefined);
  return {
    title: state.model,
    verdict: { mark: MARKS[state.state], text: stateWords(state) },
    notices: [...done, ...snoozeNotice(state)],
    sections: [
      ...alarmSection(state),
      ...adviceSection(told),
      ...(last === undefined ? [] : [...driftSection(last, spec), ...ruleSection(last)]),
      ...(labelled === undefined ? [] : metricsSection(labelled)),
      ...(last === undefined ? [] : estimateSection(last)),
      ...volumeSection(newest),
    ],
    footer: last === undefined ? [] : [footerWords(last)],
  };
}

/** `alarmed since 2026-03-14: 2 alarms`. */
export function stateWords({ state, alarms, opened, clean, version, snoozed }: MonitorState): string {
  const since = opened === undefined ? "" : ` since ${dayWords(opened)}`;
  const until = snoozed === undefined ? "" : `, snoozed until ${toSecond(snoozed.until)}`;
  if (state === "alarmed") return `version ${version} is alarmed${since}: ${counted(alarms.length, "alarm")}${until}`;
  if (state === "clearing")
    return `no alarm any more; alarmed${since}, and closed after ${CLEAN_WINDOWS} clean windows: ${clean} so far`;
  if (state === "idle") return "no version is live: nothing is watched, and no alarm is open";
  if (state === "unwatched") return "no window as long as the spec says was looked at yet";
  return `version ${version} is quiet, ${counted(clean, "clean window")} in a row`;
}

function snoozeNotice({ snoozed }: MonitorState): string[] {
  if (snoozed === undefined) return [];
  return [`${snoozed.by.name} wants no new alarm until ${toSecond(snoozed.until)}: ${snoozed.reason}`];
}

function footerWords({ version, stage, window, looked_at, by, inputs }: WindowRecord): string {
  const profile = inputs.profile === undefined ? "no kept profile" : `the profile ${inputs.profile.slice(0, 12)}`;
  return `Of version ${version} in ${stage}, the window ${windowWords(window)}, against ${profile}; looked at by ${by.name} at ${toSecond(looked_at)}.`;
}
