import { join } from "node:path";
import type { StoredFile } from "../../schemas/manifest.ts";
import type { StageRecordOf } from "../../schemas/stage-record.ts";
import { refuseLargeOutput } from "../data/output.ts";
import { PREDICTIONS } from "../data/predictions.ts";
import { SlipwayError } from "../errors.ts";
import type { Bundle, Handed } from "./bundle.ts";
import type { DataAt } from "./data-at.ts";
import { made, openModel } from "./packed-by.ts";
import { problemOf } from "./run-record.ts";
import type { RunSource } from "./run-source.ts";
import { runStage, type StageContext, type StageResult, type StageWork } from "./run-stage.ts";
import { requireSameTest } from "./same-test.ts";
import { codeDependencies, setUp } from "./set-up.ts";
import { scoreOwn } from "./user-code/run-own-metrics.ts";
import { copied, type UserCode } from "./user-code/user-code.ts";

type Scores = NonNullable<StageRecordOf<"own-metrics">["made"]>;

/**
 * The stage `own-metrics`: the model's own judge, user code that sees labels, on the candidate's predictions and on each
 * baseline's. Its rows are read from the run's source, since labels are in no bundle; the source is left before user code
 * starts. Fails as scoreOwn does.
 */
export function ownMetricsStage(
  context: StageContext,
  inputs: {
    validate?: Handed<"validate"> | undefined;
    predict?: Handed<"predict"> | undefined;
    baseline?: Handed<"baseline"> | undefined;
  },
  source: RunSource,
): Promise<StageResult<"own-metrics">> {
  return runStage(context, { stage: "own-metrics" }, async (stage) => {
    const validated = await stage.input("validate", inputs.validate);
    // Where a version is compared anew, its own scores are kept beside its predictions.
    const isKept = context.shared !== undefined && inputs.predict === undefined;
    const predicted = isKept ? undefined : await stage.input("predict", inputs.predict);
    const baseline = await stage.optionalInput("baseline", inputs.baseline);
    const data = await source.data();
    requireSameTest(data.prepared, validated);
    await source.leave?.();
    const model = await openModel(validated, join(stage.work.private, "code"));
    const code = await setUp(context, stage, codeDependencies(context, stage.kept, validated, []), model);
    stage.record.made = await stage.step("own-metrics", async () => {
      const own = predicted && made("predict", predicted.record.made).predictions;
      const scores = own ? await scored(stage, code, data, predicted, own, "") : {};
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
      const scores = await scored(stage, code, data, baseline, predictions, `-baseline-${version}`);
      versions.push({ version, scores });
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
  refuseLargeOutput(PREDICTIONS, predictions.size, prepared.testRows.count);
  await from.store.getFile(predictions, file);
  const features = copied(given(prepared.featuresFile));
  const labels = copied(given(prepared.labelsFile));
  const rows = { features, labels, folder: work.private, logs: join(folder, "logs") };
  const files = await scoreOwn(code, rows, file, suffix);
  const stored: Record<string, StoredFile> = {};
  for (const [metric, path] of Object.entries(files)) stored[metric] = await store.putFile(path);
  return stored;
}
