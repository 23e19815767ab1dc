import type { Bounds } from "./bounds.ts";
import { meanBounds } from "./mean-bounds.ts";
import { medianBounds, medianDifferenceBounds } from "./median-bounds.ts";
import { ratioBounds } from "./ratio-bounds.ts";
import type { Sampling } from "./sampling.ts";
import { whyNothingVaries } from "./silent-rows.ts";
import { everyRow, type Statistic } from "./statistic.ts";
import { unitMoves, unitVariance } from "./unit-moves.ts";

/** Bounds of a `studentized` value or a `median`, from the test rows alone; or why there are none. */
export function openEndedBounds(statistic: Statistic, value: number, n: number, sampling: Sampling): Bounds | string {
  const { fewestUnits = 0 } = statistic;
  const { unit, units } = sampling;
  if (units < fewestUnits) return `no interval: ${units} ${unit}s, and it takes ${fewestUnits}`;
  const [ours, theirs] = statistic.medians ?? [];
  if (ours) return theirs ? medianDifferenceBounds(ours, theirs, sampling) : medianBounds(ours, sampling);
  const plain = everyRow(n);
  const influence = new Float64Array(n);
  const rounding = new Float64Array(n);
  statistic.influence?.(plain, value, influence);
  statistic.rounding?.(value, rounding);
  const error = Math.sqrt(unitVariance(unitMoves(influence, sampling), sampling) / sampling.units);
  const silent = whyNothingVaries(statistic, value, { error, influence, rounding, sampling });
  if (silent !== undefined) return silent;
  if (statistic.ratio) return ratioBounds(statistic.ratio, statistic.paired === true, sampling);
  if (statistic.root) return rootBounds(openEndedBounds(statistic.root, value * value, n, sampling));
  return meanBounds(statistic, value, influence, sampling);
}

function rootBounds(bounds: Bounds | string): Bounds | string {
  if (typeof bounds === "string") return bounds;
  return (level) => {
    const { low = 0, high = Number.POSITIVE_INFINITY } = bounds(level);
    return { low: Math.sqrt(Math.max(0, low)), high: Math.sqrt(Math.max(0, high)) };
  };
}
