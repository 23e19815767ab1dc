import type { MetricValue } from "../../schemas/evaluation.ts";
import type { MonitorBar } from "../../schemas/monitor-spec.ts";
import type { BarResult } from "../../schemas/monitoring.ts";
import { exceeds, reaches } from "../gates/number-words.ts";
import { levelFor } from "../metrics/levels.ts";
import { DEFAULT_CONFIDENCE } from "./bar-words.ts";

/** Whether a value is on the bar's good side, as far as its rounding can tell. */
export function isBeyond(bar: Pick<MonitorBar, "at-least" | "at-most">, value: number): boolean {
  const { "at-least": least = Number.NEGATIVE_INFINITY, "at-most": most = Number.POSITIVE_INFINITY } = bar;
  return (least === Number.NEGATIVE_INFINITY || reaches(value, least)) && (most === Infinity || reaches(-value, -most));
}

/**
 * What one window's interval says of a bar, with its confidence on one side: `no` if all of the interval is on the wrong side.
 * `unclear` without an interval that is sure enough.
 */
export function barHolds(
  bar: MonitorBar,
  metric: Pick<MetricValue, "value" | "intervals"> | undefined,
): BarResult["holds"] {
  const level = levelFor(1 - (bar.confidence ?? DEFAULT_CONFIDENCE));
  const interval = metric?.intervals?.find((each) => each.level === level);
  if (interval === undefined) return "unclear";
  const { low, high } = interval;
  if (isBeyond(bar, low) && isBeyond(bar, high)) return "yes";
  const { "at-least": least, "at-most": most } = bar;
  const broken = (least !== undefined && exceeds(least, high)) || (most !== undefined && exceeds(low, most));
  return broken ? "no" : "unclear";
}
