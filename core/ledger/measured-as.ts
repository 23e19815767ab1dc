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
  const found = Object.entries(metrics).filter(([name]) => !(MEASURED_METRICS as readonly string[]).includes(name));
  return Object.fromEntries(
    found.map(([name, { function: of, arguments: given = {}, value, greater_is_better }]) => {
      const came = value === null ? null : Number(value.toPrecision(DIGITS));
      return [name, sha256(canonicalJson({ of, given, greater_is_better, value: came, rows, unit, units }))];
    }),
  );
}
