import { distance } from "fastest-levenshtein";
import type { BuiltinMetricName } from "../../schemas/metric-spec.ts";
import { METRIC_FUNCTIONS, metricRow } from "./catalog.ts";

const SHORT_NAMES = METRIC_FUNCTIONS.flatMap((means) =>
  (metricRow(means).shortNames ?? []).map((known) => ({ known, means })),
);
const NAMES = [...METRIC_FUNCTIONS.map((known) => ({ known, means: known })), ...SHORT_NAMES];

/** The function that a name most likely means, or undefined if nothing is near. */
export function suggestMetric(name: string): BuiltinMetricName | undefined {
  const written = name
    .slice(0, 100)
    .toLowerCase()
    .replaceAll("-", "_")
    .replace(/^sklearn\.metrics\./, "");
  const near = NAMES.map(({ known, means }) => ({
    means,
    steps: distance(written, known),
    allowed: Math.floor(known.length / 3),
  }))
    .filter(({ steps, allowed }) => steps <= allowed)
    .sort((a, b) => a.steps - b.steps);
  return near[0]?.means;
}
