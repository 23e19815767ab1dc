import { type ReasonCode, SlipwayError } from "../errors.ts";
import type { Value } from "./scored.ts";

/** A metric that cannot be asked of these data, with how to write it. */
export function unfit(message: string, expected: string, found: string, hint: string): SlipwayError {
  return new SlipwayError("METRIC_UNFIT", message, { expected, found, hint });
}

/** Predictions that are not what the metric needs. */
export function badPredictions(message: string, expected: string, found: string, hint: string): SlipwayError {
  return new SlipwayError("PREDICTIONS_INVALID", message, { expected, found, hint });
}

/** Where a metric stands in its spec. */
export type PlaceOf = (metric: string) => { file: string; line: number; column: number };

/** Says where the metrics of a spec at `path` stand. */
export function metricPlaces(model: {
  path: string;
  position?(keys: readonly (string | number)[]): { line: number; column: number };
}): PlaceOf {
  return (metric) => ({ file: model.path, ...(model.position?.(["metrics", metric]) ?? { line: 1, column: 1 }) });
}

/** The same error, saying which metric of the spec it is about, and where that stands. */
export function aboutMetric(name: string, error: SlipwayError, place?: PlaceOf): SlipwayError {
  const message = `metrics.${name}: ${error.message}`;
  const [problem] = error.problems;
  return new SlipwayError(error.code as ReasonCode, message, { ...problem, ...place?.(name), cause: error });
}

/** A few classes, for an error message. */
export function listClasses(values: readonly Value[]): string {
  const shown = values.slice(0, 5).map((value) => JSON.stringify(value));
  return values.length > 5 ? `${shown.join(", ")} and ${values.length - 5} more` : shown.join(", ");
}
