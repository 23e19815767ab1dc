import type { RunRecord } from "../../../schemas/run-summary.ts";
import type { Curve } from "./curve-charts.ts";

/** What a run's training wrote to SLIPWAY_CURVES, by name: any name, `toString` too. */
export function trainingCurves({ curves = [] }: Pick<RunRecord, "curves">): Curve[] {
  const names = [...new Set(curves.flatMap((point) => Object.keys(point)))].filter((name) => name !== "step");
  return names.map((name) => {
    const own = curves.filter((point) => Object.hasOwn(point, name));
    return { name, x: own.map(({ step }) => step), y: own.map((point) => point[name] as number) };
  });
}

/** What its program logged itself, in more than one point. */
export function loggedCurves({ logged }: Pick<RunRecord, "logged">): Curve[] {
  const runs = logged?.runs ?? [];
  return runs.flatMap(({ name: run, metrics }) =>
    metrics
      .filter(({ points }) => points.length > 1)
      .map(({ name, points }) => ({
        name: runs.length > 1 ? `${run} ${name}` : name,
        x: points.map(([step]) => step),
        y: points.map(([, value]) => value),
      })),
  );
}
