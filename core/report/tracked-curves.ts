import type { Tracked } from "../../schemas/tracked.ts";

/** Curves of what a program logged more than once; its runs' names stand before those of metrics where there are several. */
export function trackedCurves(tracked: Tracked | undefined): { name: string; x: number[]; y: number[] }[] {
  const runs = (tracked?.runs ?? []).map(({ name, metrics }) => ({
    name,
    curves: metrics.filter(({ points }) => points.length > 1),
  }));
  const several = runs.filter(({ curves }) => curves.length > 0).length > 1;
  return runs.flatMap(({ name: run, curves }) =>
    curves.map(({ name, points }) => ({
      name: several ? `${run}: ${name}` : name,
      x: points.map(([step]) => step),
      y: points.map(([, value]) => value),
    })),
  );
}
