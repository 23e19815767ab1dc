import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Artifact, Manifest } from "../../schemas/manifest.ts";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { Sha256 } from "../../schemas/names.ts";
import { canonicalJson } from "../canonical.ts";
import { joinPredictions } from "../data/join.ts";
import { refuseLargeOutput } from "../data/output.ts";
import { PREDICTIONS } from "../data/predictions.ts";
import { profilePredictions } from "../data/predictions-profile.ts";
import { SlipwayError } from "../errors.ts";
import { DEFAULT_TRIES } from "../gates/asked-level.ts";
import { evaluateGates } from "../gates/evaluate-gates.ts";
import { thresholdsOf } from "../gates/thresholds.ts";
import { chargeTries } from "../ledger/charge.ts";
import { measuredAs } from "../ledger/measured-as.ts";
import { metVersions } from "../ledger/met-versions.ts";
import { evaluateOptions } from "../metrics/evaluate-options.ts";
import { metricPlaces } from "../metrics/refuse.ts";
import type { Scored } from "../metrics/scored.ts";
import { fingerprintOf } from "../plan/fingerprint.ts";
import type { ScoreFound } from "./assemble-run.ts";
import { buildEvaluation } from "./build-evaluation.ts";
import type { Bundle, Handed } from "./bundle.ts";
import { checkServed } from "./check-served.ts";
import { refuseInvalidData } from "./checked-data.ts";
import { compareWithStages } from "./compare-versions.ts";
import { labelsKept } from "./labels-kept.ts";
import { made, packedBy } from "./packed-by.ts";
import { bringScores, namesOfOwnMetrics, recomputeFrom } from "./recompute-from.ts";
import type { LoadedRun, RunSource } from "./run-source.ts";
import { runStage, type StageContext, type StageResult, type StageWork } from "./run-stage.ts";
import { requireSameTest } from "./same-test.ts";
import { isInSteps } from "./shown-values.ts";

export interface ScoreInputs {
  validate?: Handed<"validate"> | undefined;
  baseline?: Handed<"baseline"> | undefined;
  train?: Handed<"train"> | undefined;
  predict?: Handed<"predict"> | undefined;
  "own-metrics"?: Handed<"own-metrics"> | undefined;
}

/** What scoring came to, for a report to be written on. */
export interface ScoredRun {
  found: ScoreFound;
  /** The version that a report is read against. */
  production: Manifest | undefined;
  scored: Scored;
  loaded: LoadedRun;
  bundles: Bundles;
}

export interface Bundles {
  validated: Bundle<"validate">;
  baseline: Bundle<"baseline"> | undefined;
  trained: Bundle<"train">;
  predicted: Bundle<"predict">;
  ownMetrics: Bundle<"own-metrics"> | undefined;
}

/**
 * The stage `score`: labels, which it reads from the run's source, and predictions become metrics, comparisons and what each
 * gate says. Of the stages before it takes predictions and scores, and makes again what it can: data, fingerprint. Runs no
 * user code. `report` may write a report that goes into the bundle. Fails with DATA_CHANGED, as joinPredictions and checkServed do, and with
 * DATA_INVALID where labels that stand apart break a rule.
 */
export function scoreStage(
  context: StageContext,
  inputs: ScoreInputs,
  source: RunSource,
  report?: (run: ScoredRun, stage: StageWork<"score">) => Promise<Artifact | undefined>,
): Promise<StageResult<"score">> {
  return runStage(context, { stage: "score" }, async (stage) => {
    const bundles = await openAll(stage, inputs);
    const loaded = await source.load();
    const run = await stage.step("score", () => score(context, stage, source, loaded, bundles));
    const written = await report?.({ ...run, loaded, bundles }, stage);
    stage.record.made = { ...run.found, ...(written ? { report: written } : {}) };
  });
}

async function openAll(stage: StageWork<"score">, inputs: ScoreInputs): Promise<Bundles> {
  return {
    validated: await stage.input("validate", inputs.validate),
    baseline: await stage.optionalInput("baseline", inputs.baseline),
    trained: await stage.input("train", inputs.train),
    predicted: await stage.input("predict", inputs.predict),
    ownMetrics: inputs["own-metrics"] && (await stage.input("own-metrics", inputs["own-metrics"])),
  };
}

/** Joins, measures, compares and tries the gates. */
async function score(
  { signal }: Pick<StageContext, "signal">,
  { kept, work }: StageWork<"score">,
  source: RunSource,
  { model, gates, deciding, asked, budget }: LoadedRun,
  { validated, baseline, trained, predicted, ownMetrics }: Bundles,
): Promise<Pick<ScoredRun, "found" | "scored" | "production">> {
  const started = performance.now();
  const { spec } = model;
  const folder = work.private;
  const { prepared } = await source.labelled();
  requireSameTest(prepared, validated);
  // Labels that stand apart meet their rules here for the first time.
  if (spec.data.labels !== undefined) refuseInvalidData(prepared, model);
  const { runtime } = made("train", trained.record.environment);
  const fingerprint = fingerprintOf(await source.inputs(), runtime);
  refuseUnknownArtifact(trained, validated, spec, fingerprint);
  const predictions = join(folder, "predictions.csv");
  const predict = made("predict", predicted.record.made);
  const { count: rows } = prepared.testRows;
  refuseLargeOutput(PREDICTIONS, predict.predictions.size, rows);
  await predicted.store.getFile(predict.predictions, predictions);
  const metrics = namesOfOwnMetrics(spec);
  const scores = ownMetrics
    ? await bringScores(ownMetrics.store, made("own-metrics", ownMetrics.record.made).scores, {
        ...{ metrics, folder, rows },
        suffix: "",
      })
    : {};
  const own = metrics.find((metric) => !Object.hasOwn(scores, metric));
  if (own) throw new SlipwayError("OUTPUT_MISSING", `The job own-metrics left no scores of ${own}`);
  const { scored, stored } = await joinPredictions({
    ...{ prepared, spec, predictions, scores },
    ...(signal ? { signal } : {}),
  });
  const about = { prepared, spec, scored, folder, signal };
  const served = await checkServed({ record: predicted.record, store: predicted.store }, about);
  const named = asked.map(({ gate }) => gate);
  const steps = isInSteps(prepared, spec, source.binding) ? thresholdsOf(asked, budget) : undefined;
  const options = evaluateOptions(spec, named, { place: metricPlaces(model), steps });
  const { artifact } = made("train", trained.record.made);
  const evaluation = buildEvaluation({
    labels: await labelsKept(spec, prepared, source),
    ...{ spec, scored, prepared, artifact, options, started, binding: source.binding },
    predicted: { seconds: predict.seconds, perRow: predict.per_row },
  });
  const { stages, production } = await source.compared();
  const recompute = recomputeFrom(validated, baseline, ownMetrics, { folder, rows });
  const candidate = { spec, prepared, scored, evaluation, recompute };
  const comparisons = await compareWithStages(source, stages, candidate, options);
  const judged = await kept.putFile(stored);
  const profile = join(folder, "predictions-profile.json");
  await writeFile(profile, canonicalJson(await profilePredictions({ file: stored, work: folder, signal })));
  const { test_sketch } = made("validate", validated.record.data);
  const liveIn = new Map(stages.map(({ live }) => [live?.version, live]));
  const asking = {
    ...{ test: evaluation.test.sha256, candidate: judged.sha256, gates: asked, budget: budget ?? DEFAULT_TRIES },
    measured: measuredAs(evaluation),
    live: metVersions(comparisons, (version) => liveIn.get(version)),
  };
  const { terms } = chargeTries(asking, await source.tries(evaluation.test, test_sketch));
  const evidence = { evaluation, comparisons, tries: terms };
  const found = {
    fingerprint,
    predictions: judged,
    predictions_profile: await kept.putFile(profile),
    ...(served === undefined ? {} : { served_predictions: await kept.putFile(served) }),
    evaluation: { ...evaluation, comparisons },
    gates: evaluateGates(gates, evidence),
    tries: evidence.tries,
    ...(deciding ? { deciding: { commit: deciding.commit, gates: evaluateGates(deciding.gates, evidence) } } : {}),
  };
  return { found, scored, production };
}

/**
 * A job that ran user code may say of its artifact what it likes. That it was taken from an earlier run counts where `validate`
 * found that run, with this fingerprint; that it was imported, where `validate` was given it; the rest is the spec's to say.
 */
function refuseUnknownArtifact(
  trained: Bundle<"train">,
  validated: Bundle<"validate">,
  { train }: ModelSpec,
  fingerprint: Sha256,
): void {
  const { artifact, artifact_from: from, artifact_run: run } = made("train", trained.record.made);
  const { reusable, given } = packedBy(validated);
  const isKnown = {
    reused: reusable.some(
      (each) => each.artifact.sha256 === artifact.sha256 && each.run === run && each.fingerprint === fingerprint,
    ),
    imported: given?.artifact.sha256 === artifact.sha256,
    trained: train !== undefined && run === undefined && given === undefined,
    code: train === undefined && run === undefined && given === undefined,
  };
  if (isKnown[from]) return;
  throw new SlipwayError("HANDOVER_CORRUPT", "The job train does not say truly where its artifact came from", {
    expected:
      "an artifact that this run made as its spec says, was given, or found of an earlier run with its fingerprint",
    found: `${from}${run === undefined ? "" : ` of run ${run}`}, sha256 ${artifact.sha256}`,
  });
}
