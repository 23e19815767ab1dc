import type { Comparison } from "../../schemas/evaluation.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import { MEASURED_METRICS } from "../../schemas/metric-spec.ts";
import { isNumber, own } from "../gates/gate-evidence.ts";

/** Sums of the same numbers in another order differ by this much at most. */
const ROUNDING = 1e-9;

/**
 * Where comparisons contradict the evaluations of the versions that they compare, or themselves: on all the test rows the
 * candidate's value is the one that its manifest has, and so is the baseline's where both have the same spec and test data.
 * `liveIn` has the version in a stage.
 */
export function comparisonFaults(
  comparisons: readonly Comparison[],
  { evaluation, source }: Manifest,
  liveIn: ((stage: string) => Manifest | undefined) | undefined,
): string[] {
  const faults: string[] = [];
  for (const { stage, version, rows, test_sha256, metrics, predictions } of comparisons) {
    const live = liveIn?.(stage);
    const sameRules =
      live?.version === version &&
      live?.source.spec_blob === source.spec_blob &&
      live.evaluation.test.sha256 === evaluation.test.sha256 &&
      predictions === "kept";
    const sameRows =
      rows === evaluation.test.rows && (test_sha256 ?? evaluation.test.sha256) === evaluation.test.sha256;
    for (const [name, { candidate, baseline, difference }] of Object.entries(metrics)) {
      if ((MEASURED_METRICS as readonly string[]).includes(name)) continue;
      const say = (what: string) => faults.push(`its comparison with ${stage} has ${what} of ${name}`);
      if (sameRows && differs(candidate, own(evaluation.metrics, name)?.value))
        say("another value than its own evaluation");
      if (sameRules && differs(baseline, own(live?.evaluation.metrics ?? {}, name)?.value))
        say("another value than the evaluation of the version compared with");
      // In steps each of the three is shown by itself.
      const isExact = difference.step === undefined;
      if (isExact && isNumber(candidate) && isNumber(baseline) && differs(difference.value, candidate - baseline))
        say("a difference that is not the values'");
    }
  }
  return faults;
}

function differs(one: number | null | undefined, other: number | null | undefined): boolean {
  if (!isNumber(one) || !isNumber(other)) return false;
  return Math.abs(one - other) > ROUNDING * Math.max(1, Math.abs(one), Math.abs(other));
}
