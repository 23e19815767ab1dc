import type { MonitorSpec } from "../../schemas/monitor-spec.ts";
import type { BarResult, DriftTest, MonitorState, WindowRecord } from "../../schemas/monitoring.ts";
import { barWords } from "../drift/bar-words.ts";
import { mostMoved, testSubject } from "../drift/test-words.ts";
import { isDrifted } from "../drift/window-findings.ts";
import { formatInterval, formatNumber, formatPercent } from "../gates/number-words.ts";
import { shownInterval, valueWords } from "./metric-words.ts";
import { type Cell, left, type Mark, right, type Section } from "./report.ts";
import { scalarMetrics } from "./scalar-metrics.ts";
import { counted } from "./verdict-words.ts";
import { dayWords, windowWords } from "./window-words.ts";

const TOLD = 9;
const MOST_ROWS = 200;
const MOST_WINDOWS = 14;

/** Each alarm in words, and since when, in which windows and on which rows' share. */
export function alarmSection({ alarms }: MonitorState): Section[] {
  if (alarms.length === 0) return [];
  const text = alarms.slice(0, TOLD).map(({ words }) => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`);
  const rest = alarms.length - text.length;
  const columns = [left("Alarm"), left("Began"), right("Windows"), right("Share of rows"), left("Rests on")];
  const rows = alarms
    .slice(0, MOST_ROWS)
    .map(({ subject, since, windows, share, kind, sure }): Cell[] => [
      { mark: "fail", text: subject },
      dayWords(since),
      String(windows.length),
      share === undefined ? "–" : formatPercent(share),
      kind === "bar" ? (sure ? "labels, surely" : "labels") : kind === "rules" ? "the spec's rules" : "inputs alone",
    ]);
  const more = rest === 0 ? [] : [`${counted(rest, "more alarm")}: the table names them.`];
  return [{ title: "Alarms", folded: false, text: [...text, ...more], table: { columns, rows } }];
}

/** The columns that drifted in a window, the most first; how many did not is told in words. */
export function driftSection(record: WindowRecord, spec: MonitorSpec | undefined): Section[] {
  const { tests, untested = {}, window } = record;
  const found = tests.filter((test) => isDrifted(test, spec));
  found.sort((a, b) => b.effect / b.least - a.effect / a.least);
  const skipped = Object.keys(untested).length;
  const text = [
    `${counted(tests.length, "comparison")} in the window ${windowWords(window)}, ${found.length === 0 ? "none drifted" : `${found.length} drifted`}. One counts from its least effect on, and if chance alone brings it less often than the level, which all of them share.`,
    ...(skipped === 0 ? [] : [`${counted(skipped, "column")} not compared: ${reasons(untested)}.`]),
  ];
  if (found.length === 0) return [{ title: "Drift", folded: true, text }];
  const columns = [
    ...[left("Column"), right("Effect"), right("Counts from"), right("p")],
    ...[left("Most moved"), right("Then"), right("Now")],
  ];
  const rows = found
    .slice(0, MOST_ROWS)
    .map((test): Cell[] => [
      { mark: "fail", text: testSubject(test) },
      formatNumber(test.effect),
      formatNumber(test.least),
      formatNumber(test.p),
      ...movedCells(test),
    ]);
  return [{ title: "Drift", folded: false, text, table: { columns, rows } }];
}

function movedCells(test: DriftTest): Cell[] {
  const moved = mostMoved(test);
  return moved === undefined ? ["–", "–", "–"] : [moved.name, moved.before, moved.after];
}

/** The reasons why columns were not compared, each with how many. */
function reasons(untested: NonNullable<WindowRecord["untested"]>): string {
  const counts = new Map<string, number>();
  for (const reason of Object.values(untested)) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .slice(0, 5)
    .map(([reason, count]) => `${reason} (${count})`)
    .join(", ");
}

export function ruleSection({ rules }: WindowRecord): Section[] {
  const found = rules.filter(({ broken, count }) => broken || count > 0);
  if (found.length === 0) return [];
  const columns = [left("Rule"), left("Expected"), right("Rows"), right("Share")];
  const rows = found
    .slice(0, MOST_ROWS)
    .map(({ column, check, expected, count, rows: all, broken }): Cell[] => [
      { mark: broken ? "fail" : "note", text: column === undefined ? check : `${column}: ${check}` },
      expected,
      String(count),
      all === 0 ? "–" : formatPercent(count / all),
    ]);
  return [{ title: "Rows that break the spec's rules", folded: false, text: [], table: { columns, rows } }];
}

const HOLDS: Readonly<Record<BarResult["holds"], Mark>> = { yes: "pass", no: "fail", unclear: "inconclusive" };

/** Live metrics by the labels that have come, each bar with what this window alone says of it. */
export function metricsSection({ performance, window }: WindowRecord): Section[] {
  if (performance === undefined) return [];
  const { labelled, doubled, unknown, unfit = 0, metrics, bars, slices } = performance;
  const columns = [left("Metric"), right("Value"), left("95 % interval"), right("Rows"), left("By this window alone")];
  const rows = [
    ...scalarMetrics(metrics).map(([name, metric]): Cell[] => {
      const interval = shownInterval(metric.intervals);
      return [
        name,
        valueWords(name, metric),
        interval === undefined ? "–" : formatInterval(interval),
        String(labelled),
        "–",
      ];
    }),
    ...bars.map((result): Cell[] => [
      `bar: ${barWords(result.bar)}`,
      result.value === null ? "–" : formatNumber(result.value),
      "–",
      String(result.rows),
      { mark: HOLDS[result.holds], text: { yes: "holds", no: "broken", unclear: "unclear" }[result.holds] },
    ]),
  ];
  const text = [
    `By the labels of ${counted(labelled, "row")} in the window ${windowWords(window)}. Alarms on bars rest on all labels of the version, and not on one window.`,
    ...(doubled === 0 ? [] : [`${counted(doubled, "label")} came again, and the later one counts.`]),
    ...(unknown === 0 ? [] : [`${counted(unknown, "label")} of rows that nobody asked for.`]),
    ...(unfit === 0 ? [] : [`${counted(unfit, "label")} left out: the spec does not let the label have such a value.`]),
    ...(slices.length === 0 ? [] : [`${counted(slices.length, "slice")} in the record.`]),
  ];
  return [{ title: "Live metrics", folded: false, text, table: { columns, rows } }];
}

/** An estimate is no measurement: it sees no change of what leads to what. */
export function estimateSection({ estimate }: WindowRecord): Section[] {
  if (estimate === undefined) return [];
  const { metric, value, rows, calibrated } = estimate;
  const how = calibrated ? "calibrated on the test rows" : "as they are";
  return [
    {
      title: "Estimate",
      folded: true,
      text: [
        `${metric} would be ${formatNumber(value)} on ${counted(rows, "row")}, if the model's own probabilities, ${how}, were right. It is no measurement, and nothing is decided by it: labels alone tell whether they are.`,
      ],
    },
  ];
}

/** Rows, errors and times of the newest windows. */
export function volumeSection(newest: readonly WindowRecord[]): Section[] {
  if (newest.length === 0) return [];
  const columns = [
    ...[left("Window"), right("Version"), right("Requests"), right("Rows"), right("Errors")],
    ...[right("Median"), right("p99")],
  ];
  const rows = newest
    .slice(0, MOST_WINDOWS)
    .map(({ window, version, traffic }): Cell[] => [
      windowWords(window),
      String(version),
      ...[String(traffic.requests), String(traffic.rows), String(traffic.errors)],
      ...[milliseconds(traffic.p50_ms), milliseconds(traffic.p99_ms)],
    ]);
  const least = Math.min(...newest.map(({ traffic }) => traffic.sample));
  const text = least < 1 ? [`The log keeps a part of all rows, ${formatPercent(least)} at least.`] : [];
  return [{ title: "Volume", folded: true, text, table: { columns, rows } }];
}

function milliseconds(value: number | undefined): string {
  if (value === undefined) return "–";
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}
