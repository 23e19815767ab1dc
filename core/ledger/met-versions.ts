import type { Comparison } from "../../schemas/evaluation.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { Asking } from "./charge.ts";

/** The versions that comparisons were made with. `manifestOf` has them as decisions see them. */
export function metVersions(
  comparisons: readonly Comparison[],
  manifestOf: (version: number) => Pick<Manifest, "predictions"> | undefined,
): Asking["live"] {
  return comparisons.flatMap(({ stage, version, predictions: from }) => {
    if (version === undefined || (from !== "kept" && from !== "recomputed")) return [];
    const predictions = manifestOf(version)?.predictions.sha256;
    return predictions === undefined ? [] : [{ stage, version, predictions }];
  });
}
