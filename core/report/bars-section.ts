import type { MonitorBar, MonitorSpec } from "../../schemas/monitor-spec.ts";
import type { WindowRecord } from "../../schemas/monitoring.ts";
import { barSeen } from "../drift/bar-seen.ts";
import { barWords } from "../drift/bar-words.ts";
import { type BarAgainst, type BarState, followBar } from "../drift/follow-bar.ts";
import { windowLength } from "../drift/windows.ts";
import { formatNumber } from "../gates/number-words.ts";
import { type Cell, left, right, type Section } from "./report.ts";
import { windowWords } from "./window-words.ts";

/** Live metrics against their bars over all windows of the live version, oldest first: what an alarm on them rests on. */
export function barsSection(windows: readonly WindowRecord[], spec: MonitorSpec | undefined): Section[] {
  const bars = spec?.bars ?? [];
  if (bars.length === 0) return [];
  const columns = [
    ...[left("Bar"), right("Labelled rows"), right("Value"), right("Evidence against it"), right("Sure from")],
    ...[left("Newest window with labels"), right("Its value"), left("So")],
  ];
  const rows = bars.map((bar): Cell[] => {
    const { state, newest } = followed(bar, windows, windowLength(spec));
    const { evidence } = state ?? {};
    return [
      barWords(bar),
      ...(evidence === undefined ? ["–", "–", "–", "–"] : evidenceCells(evidence)),
      ...(newest === undefined ? ["–", "–"] : [windowWords(newest.window), formatNumber(newest.value)]),
      standing(state),
    ];
  });
  const text = [
    "Over all labels of the live version. The evidence is what bets against the bar have come to, each begun with 1: while the bar holds, it is more than 20 in one of 20 versions at most, however often it is looked at.",
  ];
  return [{ title: "Live metrics against their bars", folded: false, text, table: { columns, rows } }];
}

function followed(bar: MonitorBar, windows: readonly WindowRecord[], length: number) {
  const follow = followBar(bar);
  const first = Date.parse(windows[0]?.window.from ?? "");
  let state: BarState | undefined;
  let newest: { window: WindowRecord["window"]; value: number } | undefined;
  for (const record of windows) {
    const { window } = record;
    state = follow(record, Math.round((Date.parse(window.from) - first) / length));
    const seen = barSeen(bar, record);
    if (seen !== undefined) newest = { window, value: seen.value };
  }
  return { state, newest };
}

function evidenceCells({ rows, hits, log, sureFrom }: BarAgainst): Cell[] {
  return [String(rows), rows === 0 ? "–" : formatNumber(hits / rows), timesWords(log), timesWords(sureFrom)];
}

/** More than a million is as good as proof: its digits say nothing. */
function timesWords(log: number): string {
  return log > Math.log(1e6) ? "over a million" : formatNumber(Math.exp(log));
}

function standing(state: BarState | undefined): Cell {
  if (state === undefined) return { mark: "note", text: "no label yet" };
  const alarm = state.alarm?.();
  if (alarm === undefined) return { mark: "pass", text: "no alarm" };
  return alarm.sure ? { mark: "fail", text: "surely broken" } : { mark: "inconclusive", text: "alarm, not sure" };
}
