import type { LaterComparison } from "../../schemas/later-comparison.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { Person } from "../../schemas/names.ts";
import { timestamp } from "../clock.ts";
import { recordChange } from "../registry/records.ts";
import { decideAndPublish } from "./decide-and-publish.ts";
import type { CompleteRun } from "./manifest-of.ts";
import type { Ports } from "./ports.ts";

/**
 * Keeps what another run of a registered version says of versions that went live since: a promotion may need it, and a
 * server cannot make it. Only where artifact, predictions and test data are the version's own, so that it is this version
 * that was compared. Resolves to what is new, nothing most of the time; a comparison is kept once.
 */
export async function keepComparisons(
  ports: Ports,
  { run, manifest, requestedBy }: { run: CompleteRun; manifest: Manifest; requestedBy: Person },
): Promise<LaterComparison[]> {
  const { model, version } = manifest;
  if (!sameBytes(run, manifest)) return [];
  return decideAndPublish(ports, async (snapshot) => {
    const blob = (await snapshot.manifest(model, version))?.blob;
    if (blob === undefined) return { result: [] };
    const later = (await snapshot.list("comparison", model, (at) => at.version === version)).map(
      ({ comparison }) => comparison,
    );
    const known = [...manifest.evaluation.comparisons, ...later].filter(
      ({ predictions }) => predictions !== "unavailable",
    );
    const fresh = run.evaluation.comparisons.filter(
      ({ stage, version: live, predictions }) =>
        live !== undefined &&
        (predictions === "kept" || predictions === "recomputed") &&
        !known.some((each) => each.stage === stage && each.version === live),
    );
    const [first, ...others] = fresh.map(
      (comparison): LaterComparison => ({
        ...{ slipway: 1, model, version, manifest: blob, comparison, run: run.run },
        ...{ compared_at: timestamp(ports.clock()), requested_by: requestedBy, host: ports.name },
      }),
    );
    if (first === undefined) return { result: [] };
    return { result: [first, ...others], change: recordChange("comparison", [first, ...others]) };
  });
}

function sameBytes(run: CompleteRun, { artifact, predictions, data }: Manifest): boolean {
  const pairs = [
    [run.artifact, artifact],
    [run.predictions, predictions],
    [run.data.test, data.test],
  ] as const;
  return pairs.every(([ours, theirs]) => ours.sha256 === theirs.sha256);
}
