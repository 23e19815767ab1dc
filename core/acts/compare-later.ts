import type { LaterComparison } from "../../schemas/later-comparison.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { Person } from "../../schemas/names.ts";
import { timestamp } from "../clock.ts";
import { recordChange, withTries } from "../registry/records.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import { newSources } from "../registry/sources.ts";
import { chargeRun, isCounted, rulesOrNone, runAbout } from "./charge-run.ts";
import { decideAndPublish } from "./decide-and-publish.ts";
import type { CompleteRun } from "./manifest-of.ts";
import type { Ports } from "./ports.ts";

/**
 * Keeps what another run of a registered version says of versions that went live since: a promotion may need it, and a
 * server cannot make it. Only where artifact, predictions and test data are the version's own, so that it is this version
 * that was compared. The run's tries are counted in any case: what it predicted otherwise is another candidate. Resolves to
 * what is new, nothing most of the time; a comparison is kept once.
 */
export async function keepComparisons(
  ports: Ports,
  { run, manifest, requestedBy }: { run: CompleteRun; manifest: Manifest; requestedBy: Person },
): Promise<LaterComparison[]> {
  const { model, version } = manifest;
  const same = sameBytes(run, manifest);
  return decideAndPublish(ports, async (snapshot, tip) => {
    const rules = await rulesOrNone(ports, tip, model, run.model);
    const { policy } = rules;
    const spending = await chargeRun(snapshot, run, model, rules);
    const [at, host] = [timestamp(ports.clock()), ports.name];
    const about = runAbout(run, {
      ...{ model, ...(same ? { version } : {}), act: "compare", outcome: "unchanged", policy },
      ...{ by: requestedBy, at, host },
    });
    const counted = await isCounted(snapshot, run);
    const sources =
      counted || spending.fresh.length === 0
        ? []
        : await newSources(ports.objects, snapshot, [policy.blob, policy.specBlob]);
    const blob = same ? (await snapshot.manifest(model, version))?.blob : undefined;
    const comparisons = blob === undefined ? [] : await newComparisons(snapshot, run, manifest);
    const [first, ...others] = comparisons.map(
      (comparison): LaterComparison => ({
        ...{ slipway: 1, model, version, manifest: blob as string, comparison, run: run.run },
        ...{ compared_at: at, requested_by: requestedBy, host },
      }),
    );
    if (first === undefined) return { result: [], change: counted ? undefined : spending.alone(about, sources) };
    const change = recordChange("comparison", [first, ...others], sources);
    return { result: [first, ...others], change: withTries(change, counted ? [] : spending.files(about)) };
  });
}

/** The run's comparisons with versions that this one was not compared with yet. */
async function newComparisons(snapshot: RegistrySnapshot, run: CompleteRun, { model, version, evaluation }: Manifest) {
  const later = (await snapshot.list("comparison", model, (at) => at.version === version)).map(
    ({ comparison }) => comparison,
  );
  const known = [...evaluation.comparisons, ...later].filter(({ predictions }) => predictions !== "unavailable");
  return run.evaluation.comparisons.filter(
    ({ stage, version: live, predictions }) =>
      live !== undefined &&
      (predictions === "kept" || predictions === "recomputed") &&
      !known.some((each) => each.stage === stage && each.version === live),
  );
}

function sameBytes(run: CompleteRun, { artifact, predictions, data }: Manifest): boolean {
  const pairs = [
    [run.artifact, artifact],
    [run.predictions, predictions],
    [run.data.test, data.test],
  ] as const;
  return pairs.every(([ours, theirs]) => ours.sha256 === theirs.sha256);
}
