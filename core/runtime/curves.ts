/** One line of training curves: `step` and what was measured there. */
export type CurvePoint = { step: number } & Record<string, number>;

/** What of SLIPWAY_CURVES is read: bytes, points, and names per point. */
export const CURVE_BYTES = 16 * 1024 * 1024;
const POINTS = 100_000;
const NAMES = 50;

/**
 * Reads JSON Lines like `{"step":1,"loss":0.3}`. Lines that are something else (no step, no finite number, more than
 * 50 names) are counted in `bad` and left out, as is everything after 100,000 points: curves never fail a training.
 */
export function parseCurves(text: string): { points: CurvePoint[]; bad: number } {
  const points: CurvePoint[] = [];
  let bad = 0;
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const point = points.length < POINTS ? parsePoint(line) : undefined;
    if (point) points.push(point);
    else bad += 1;
  }
  return { points, bad };
}

/** At most so many points, evenly chosen, the first and the last among them: a picture needs no more. */
export function thinCurves(points: readonly CurvePoint[], most: number): CurvePoint[] {
  if (points.length <= most) return [...points];
  const step = (points.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, at) => points[Math.round(at * step)] as CurvePoint);
}

function parsePoint(line: string): CurvePoint | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value);
  const numbers = entries.filter(
    (entry): entry is [string, number] => Number.isFinite(entry[1]) && entry[0].length <= 100,
  );
  const point = Object.fromEntries(numbers);
  if (
    point["step"] === undefined ||
    numbers.length < 2 ||
    numbers.length !== entries.length ||
    entries.length > NAMES
  ) {
    return undefined;
  }
  return point as CurvePoint;
}
