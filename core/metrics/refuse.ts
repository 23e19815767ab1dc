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

/** The same error, saying which metric of the spec it is about. */
export function aboutMetric(name: string, error: SlipwayError): SlipwayError {
  const message = `metrics.${name}: ${error.message}`;
  const [problem] = error.problems;
  return new SlipwayError(error.code as ReasonCode, message, { ...problem, cause: error });
}

/** A few classes, for an error message. */
export function listClasses(values: readonly Value[]): string {
  const shown = values.slice(0, 5).map((value) => JSON.stringify(value));
  return values.length > 5 ? `${shown.join(", ")} and ${values.length - 5} more` : shown.join(", ");
}
