import type { Comparison } from "../../schemas/evaluation.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { Sha256 } from "../../schemas/names.ts";
import { canonicalJson, sha256 } from "../canonical.ts";
import type { Asking } from "./charge.ts";
import { sameDigits, withoutTimes } from "./measured-as.ts";

/**
 * The versions that comparisons were made with. `manifestOf` has them as decisions see them. One that predicted these rows
 * again is told by what that came to: code that predicts otherwise each time would be another chance for the candidate.
 */
export function metVersions(
  comparisons: readonly Comparison[],
  manifestOf: (version: number) => Pick<Manifest, "predictions"> | undefined,
): Asking["live"] {
  return comparisons.flatMap((comparison) => {
    const { stage, version, predictions: from } = comparison;
    if (version === undefined || (from !== "kept" && from !== "recomputed")) return [];
    const predictions = manifestOf(version)?.predictions.sha256;
    if (predictions === undefined) return [];
    return [{ stage, version, predictions: from === "kept" ? predictions : recomputed(comparison, predictions) }];
  });
}

function recomputed({ metrics }: Comparison, predictions: Sha256): Sha256 {
  const values = Object.entries(metrics).map(([name, { baseline }]) => [name, sameDigits(baseline)] as const);
  return sha256(canonicalJson({ predictions, recomputed: Object.fromEntries(withoutTimes(values)) }));
}
