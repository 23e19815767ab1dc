import { join } from "node:path";
import type { StoredFile } from "../../schemas/manifest.ts";
import type { StageRecordOf } from "../../schemas/stage-record.ts";
import { SlipwayError } from "../errors.ts";
import type { Bundle, BundleAt } from "./bundle.ts";
import { type DataAt, dataAt } from "./data-at.ts";
import { environmentFacts } from "./load-code.ts";
import { made, packedBy } from "./packed-by.ts";
import { openPackedModel } from "./packed-model.ts";
import { problemOf } from "./run-record.ts";
import type { RunnableModel } from "./run-request.ts";
import { runStage, type StageContext, type StageResult, type StageWork } from "./run-stage.ts";
import { requireSameTest } from "./same-test.ts";
import { setUp } from "./steps.ts";
import { scoreOwn } from "./user-code/run-own-metrics.ts";
import type { UserCode } from "./user-code/user-code.ts";

type Scores = NonNullable<StageRecordOf<"own-metrics">["made"]>;

/**
 * The stage `own-metrics`: the model's own judge, user code that sees labels, on the candidate's predictions and on each
 * baseline's. `model` is the model at the run's commit: its data is read from there, since labels are in no bundle.
 * `ready` is called before user code starts: the repository has to be out of its reach by then. Fails as scoreOwn does.
 */
export function ownMetricsStage(
  context: StageContext,
  model: () => Promise<RunnableModel>,
  inputs: { validate: BundleAt | undefined; predict: BundleAt | undefined; baseline: BundleAt | undefined },
  ready: () => Promise<void>,
): Promise<StageResult<"own-metrics">> {
  return runStage(context, { stage: "own-metrics" }, async (stage) => {
    const { step, work, folder } = stage;
    const { cache, caller, temporary, executor, signal, onOutput } = context;
    const validated = await stage.input("validate", inputs.validate);
    const predicted = await stage.input("predict", inputs.predict);
    const baseline = inputs.baseline && (await stage.input("baseline", inputs.baseline));
    const data = await step("validate", async () => {
      const found = await dataAt(await model(), { folder: work.private, cache, signal });
      requireSameTest(found.prepared, validated);
      return found;
    });
    const own = await openPackedModel(packedBy(validated).model, validated.store, join(work.private, "code"));
    await ready();
    const deps = { store: stage.store, cache, caller, temporary, executor, passable: packedBy(validated).pass };
    const facts = await environmentFacts(own, caller);
    const code = await setUp(step, deps, own, { facts, work, folder, signal, onOutput });
    stage.record.made = await step("score", async () => {
      const { predictions } = made("predict", predicted.record.made);
      const scores = await scored(stage, code, data, predicted, predictions, "");
      return { scores, versions: baseline ? await scoreVersions(stage, code, data, baseline) : [] };
    });
  });
}

async function scoreVersions(
  stage: StageWork<"own-metrics">,
  code: UserCode,
  data: DataAt,
  baseline: Bundle<"baseline">,
): Promise<Scores["versions"]> {
  const versions: Scores["versions"] = [];
  for (const { version, predictions } of made("baseline", baseline.record.made)) {
    if (predictions === undefined) continue;
    try {
      versions.push({
        version,
        scores: await scored(stage, code, data, baseline, predictions, `-baseline-${version}`),
      });
    } catch (error) {
      if (!(error instanceof SlipwayError) || error.code === "INTERRUPTED") throw error;
      versions.push({ version, problem: problemOf(error) });
    }
  }
  return versions;
}

async function scored(
  { work, folder, store }: StageWork<"own-metrics">,
  code: UserCode,
  { prepared, given }: DataAt,
  from: Bundle<"predict"> | Bundle<"baseline">,
  predictions: StoredFile,
  suffix: string,
): Promise<Record<string, StoredFile>> {
  const file = join(work.private, `predictions${suffix}.csv`);
  await from.store.getFile(predictions, file);
  const features = given(prepared.featuresFile);
  const labels = given(prepared.labelsFile);
  const files = await scoreOwn(
    code,
    { features, labels, folder: work.private, logs: join(folder, "logs") },
    file,
    suffix,
  );
  const stored: Record<string, StoredFile> = {};
  for (const [metric, path] of Object.entries(files)) stored[metric] = await store.putFile(path);
  return stored;
}
