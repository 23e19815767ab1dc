import { join } from "node:path";
import type { Manifest } from "../../../schemas/manifest.ts";
import { joinPredictions } from "../../data/join.ts";
import { SlipwayError } from "../../errors.ts";
import { evaluateOptions } from "../../metrics/evaluate-options.ts";
import { metricPlaces } from "../../metrics/refuse.ts";
import type { Scored } from "../../metrics/scored.ts";
import { fingerprintInputs, fingerprintOf } from "../../plan/fingerprint.ts";
import type { ScoreFound } from "../../stages/assemble-run.ts";
import type { Bundle } from "../../stages/bundle.ts";
import { dataAt } from "../../stages/data-at.ts";
import { measure } from "../../stages/measure.ts";
import { made, packedBy } from "../../stages/packed-by.ts";
import { requireSameTest } from "../../stages/same-test.ts";
import { durableOrNone } from "../../stores/durable.ts";
import type { ArtifactStore } from "../../stores/store.ts";
import { compareWithStages } from "../compare-versions.ts";
import { comparedStages, tryGates } from "../judge.ts";
import type { Ports } from "../ports.ts";
import type { CommitRun, LoadedRun } from "./commit-run.ts";
import { bringScores, recomputeFrom } from "./recompute-from.ts";

export interface Bundles {
  validated: Bundle<"validate">;
  trained: Bundle<"train">;
  predicted: Bundle<"predict">;
  baseline: Bundle<"baseline"> | undefined;
  ownMetrics: Bundle<"own-metrics"> | undefined;
}

/** Joins, measures, compares and tries the gates; `live` is the version that the report is read against. */
export async function evaluateBundles(
  ports: Pick<Ports, "objects" | "registry">,
  { model: loaded, tree, policy, gates, deciding, asked }: LoadedRun,
  run: CommitRun,
  { validated, trained, predicted, baseline, ownMetrics }: Bundles,
  to: { store: ArtifactStore; folder: string; cache: string; signal?: AbortSignal | undefined },
): Promise<{ found: ScoreFound; scored: Scored; live: Manifest | undefined }> {
  const { store, folder, signal } = to;
  const started = performance.now();
  const { name, spec } = loaded;
  const model = { name, folder: loaded.folder, path: loaded.path, spec, tree };
  const { prepared } = await dataAt(model, { folder, cache: to.cache, signal });
  requireSameTest(prepared, validated);
  refuseUnknownReuse(trained, validated);
  const predictions = join(folder, "predictions.csv");
  const predict = made("predict", predicted.record.made);
  await predicted.store.getFile(predict.predictions, predictions);
  const scores = ownMetrics
    ? await bringScores(ownMetrics, made("own-metrics", ownMetrics.record.made).scores, folder, "")
    : {};
  const own = Object.entries(spec.metrics).find(([metric, rule]) => "run" in rule && !(metric in scores));
  if (own) throw new SlipwayError("OUTPUT_MISSING", `The job own-metrics left no scores of ${own[0]}`);
  const { scored, stored } = await joinPredictions({
    ...{ prepared, spec, predictions, scores },
    ...(signal ? { signal } : {}),
  });
  const options = evaluateOptions(
    spec,
    asked.map(({ gate }) => gate),
    undefined,
    metricPlaces(loaded),
  );
  const { artifact } = made("train", trained.record.made);
  const evaluation = measure({
    ...{ spec, scored, prepared, artifact, options, started },
    predicted: { seconds: predict.seconds, perRow: predict.per_row },
    binding: run.origin === "default-branch",
  });

  const snapshot = await ports.registry.snapshot();
  const { stages, baseline: live } = await comparedStages(snapshot, name, asked);
  const durable = durableOrNone(policy.artifacts?.store);
  const recompute = recomputeFrom(validated, baseline, ownMetrics, folder);
  const candidate = { scored, prepared, folder, spec, evaluation, recompute };
  const comparisons = await compareWithStages(durable, snapshot, name, stages, candidate, options);
  const evidence = { evaluation, comparisons };
  const { runtime } = made("train", trained.record.environment);
  const found = {
    fingerprint: fingerprintOf(await fingerprintInputs(loaded, tree), runtime),
    predictions: await store.putFile(stored),
    evaluation: { ...evaluation, comparisons },
    gates: tryGates(gates, evidence),
    ...(deciding ? { deciding: { commit: run.tip, gates: tryGates(deciding, evidence) } } : {}),
  };
  return { found, scored, live };
}

/** A job that ran user code may say of any artifact that it was trained before: it counts where `validate` found it. */
function refuseUnknownReuse(trained: Bundle<"train">, validated: Bundle<"validate">): void {
  const { artifact, artifact_from } = made("train", trained.record.made);
  if (artifact_from !== "reused") return;
  if (packedBy(validated).reusable.some((each) => each.artifact.sha256 === artifact.sha256)) return;
  throw new SlipwayError("HANDOVER_CORRUPT", "The job train took an artifact that was not there to be taken", {
    found: `sha256 ${artifact.sha256}`,
  });
}
