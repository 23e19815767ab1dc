import { sha256 } from "../../../core/canonical.ts";
import type { Sha256 } from "../../../schemas/names.ts";
import type { RunResult } from "../../../schemas/run-result.ts";

/** A picture that says no more than the numbers, and of a size that a page can show. */
export const MAX_SVG_BYTES = 512 * 1024;
/** Laying out a matrix takes time with the square of its classes, and nobody reads one of more. */
const MAX_CLASSES = 200;
/** As many as Slipway's own reading of curves takes. */
const MAX_CURVES = 50;

export interface Drawn {
  /** By the chart's name. */
  charts: Record<string, Sha256>;
  /** What to keep on `experiments`: path → SVG. */
  files: Record<string, string>;
}

/** Draws a result's charts from its numbers. A picture that a run brought along is never shown. */
export async function drawResult(result: RunResult | undefined): Promise<Drawn> {
  const { evaluation } = result ?? {};
  if (result === undefined || evaluation === undefined) return { charts: {}, files: {} };
  const metrics = Object.fromEntries(
    Object.entries(evaluation.metrics).filter(([, { matrix }]) => (matrix?.labels.length ?? 0) <= MAX_CLASSES),
  );
  const training = drawableCurves(result.training_curves ?? []);
  // ECharts takes a moment to load, and most events draw nothing.
  const { drawCharts } = await import("../../../core/acts/draw-charts.ts");
  const drawn = Object.entries(drawCharts({ ...result, evaluation: { ...evaluation, metrics } }, undefined, training))
    .filter(([, svg]) => Buffer.byteLength(svg) <= MAX_SVG_BYTES)
    .map(([name, svg]) => ({ name, svg, digest: sha256(svg) }));
  return {
    charts: Object.fromEntries(drawn.map(({ name, digest }) => [name, digest])),
    files: Object.fromEntries(drawn.map(({ svg, digest }) => [chartPath(digest), svg])),
  };
}

/** A chart's path, by its content: the same picture is kept once, and its address never shows another picture. */
export function chartPath(digest: Sha256): string {
  return `charts/${digest}.svg`;
}

function drawableCurves(points: NonNullable<RunResult["training_curves"]>): NonNullable<RunResult["training_curves"]> {
  const names = new Set<string>();
  for (const point of points) for (const name of Object.keys(point)) names.add(name);
  return names.size <= MAX_CURVES + 1 ? points : [];
}
