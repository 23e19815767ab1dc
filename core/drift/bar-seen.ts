import type { MonitorBar } from "../../schemas/monitor-spec.ts";
import type { BarResult, WindowRecord } from "../../schemas/monitoring.ts";
import { canonicalJson } from "../canonical.ts";
import { findSlice } from "../same-slice.ts";
import { barHolds } from "./bar-holds.ts";
import { barKey } from "./bar-words.ts";

/** What a window's labelled rows say of a bar as the spec has it now. */
export interface BarSeen {
  from: WindowRecord["window"]["from"];
  rows: number;
  hits: number | undefined;
  value: number;
  holds: BarResult["holds"];
}

/** Undefined where no label of the window came, or the metric is undefined on its rows. A bar that moved since is held against the values that were kept. */
export function barSeen(bar: MonitorBar, { window, performance }: WindowRecord): BarSeen | undefined {
  const results = performance?.bars ?? [];
  const result =
    results.find((each) => canonicalJson(each.bar) === canonicalJson(bar)) ??
    results.find((each) => barKey(each.bar) === barKey(bar));
  if (performance === undefined || result === undefined || result.rows === 0) return undefined;
  const { rows, hits } = result;
  const value = result.value ?? (hits === undefined ? null : hits / rows);
  if (value === null) return undefined;
  const moved = canonicalJson(result.bar) !== canonicalJson(bar);
  const kept = bar.slice === undefined ? performance : findSlice(performance.slices, bar.slice);
  const metric = kept && Object.hasOwn(kept.metrics, bar.metric) ? kept.metrics[bar.metric] : undefined;
  return { from: window.from, rows, hits, value, holds: moved ? barHolds(bar, metric) : result.holds };
}
