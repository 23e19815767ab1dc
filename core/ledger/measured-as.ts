import type { Evaluation } from "../../schemas/evaluation.ts";
import { MEASURED_METRICS } from "../../schemas/metric-spec.ts";
import type { Try } from "../../schemas/try.ts";
import { canonicalJson, sha256 } from "../canonical.ts";

/** Sums of the same numbers in another order differ beyond these digits. */
const DIGITS = 9;

/**
 * Of each metric a digest of how it was measured, and of what it came to: a spec may mean something else by a metric's name,
 * a label or a group while the predictions stay as they were, and each meaning is a look of its own. Times and sizes are left
 * out: they differ from run to run, and no gate on them has a confidence.
 */
export function measuredAs({
  metrics,
  method: { unit, units },
  test: { rows },
}: Pick<Evaluation, "metrics" | "method" | "test">): Try["measured"] {
  return Object.fromEntries(
    withoutTimes(Object.entries(metrics)).map(
      ([name, { function: of, arguments: given = {}, value, greater_is_better }]) => {
        const came = { of, given, greater_is_better, value: sameDigits(value), rows, unit, units };
        return [name, sha256(canonicalJson(came))];
      },
    ),
  );
}

/** Metrics by name, but for times and sizes, which differ from run to run. */
export function withoutTimes<Entry extends readonly [name: string, of: unknown]>(metrics: readonly Entry[]): Entry[] {
  return metrics.filter(([name]) => !(MEASURED_METRICS as readonly string[]).includes(name));
}

/** A value as it is the same on each machine. */
export function sameDigits(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(DIGITS));
}
