import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Ports } from "../../core/acts/ports.ts";
import { modelAt } from "../../core/acts/project.ts";
import type { CommitRun } from "../../core/acts/stages/commit-run.ts";
import { scoreStage } from "../../core/acts/stages/score.ts";
import { validateStage } from "../../core/acts/stages/validate.ts";
import { localExecutor } from "../../core/executors/local.ts";
import { openExperiments } from "../../core/experiments/open.ts";
import { baselineStage } from "../../core/stages/baseline.ts";
import type { BundleAt } from "../../core/stages/bundle.ts";
import { ownMetricsStage } from "../../core/stages/own-metrics.ts";
import { predictStage } from "../../core/stages/predict.ts";
import type { StageContext, StageResult } from "../../core/stages/run-stage.ts";
import { type EndedStage, storeStage } from "../../core/stages/store.ts";
import { trainStage } from "../../core/stages/train.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import type { PipelineStage } from "../../schemas/stage-record.ts";

export interface ByStages {
  run: RunResult;
  /** Each stage's bundle, as it was handed over. */
  bundles: Partial<Record<PipelineStage, BundleAt>>;
  ended: { [Stage in PipelineStage]?: StageResult<Stage> };
  /** A file of the report. */
  read(path: string): string;
}

/**
 * A run as the jobs of model.yml make it, each stage with nothing but what it is handed. `between` may tamper with what a
 * stage left.
 */
export async function runByStages(
  ports: Ports,
  root: string,
  about: CommitRun & {
    model: string;
    between?: (stage: PipelineStage, at: BundleAt) => void;
    caller?: NodeJS.ProcessEnv;
  },
): Promise<ByStages> {
  const { model } = about;
  const folder = join(root, `stages-${randomUUID()}`);
  const bundles: ByStages["bundles"] = {};
  const ended: ByStages["ended"] = {};
  const stages: Partial<Record<PipelineStage, EndedStage>> = {};
  const context = (stage: string): StageContext => {
    for (const each of [stage, `${stage}-cache`]) mkdirSync(join(folder, each), { recursive: true });
    return {
      ...{
        model,
        run: `77-1-${model}`,
        caller: about.caller ?? process.env,
        uri: `actions:77/slipway-${stage}-${model}`,
      },
      executor: localExecutor({ readOnly: [] }),
      ...{ out: join(folder, stage), cache: join(folder, `${stage}-cache`), temporary: join(folder, "tmp") },
    };
  };
  const note = <Stage extends PipelineStage>(stage: Stage, result: StageResult<Stage>) => {
    if (result.bug) throw result.bug;
    const at = { folder: join(folder, stage), sha256: result.sha256 };
    about.between?.(stage, at);
    const succeeded = result.record.outcome === "succeeded";
    stages[stage] = { result: succeeded ? "success" : "failure", bundle: at };
    Object.assign(ended, { [stage]: result });
    bundles[stage] = at;
    return succeeded;
  };
  const validate = async () => {
    const experiments = openExperiments(ports.objects, ports.remote);
    const source = { objects: ports.objects, registry: ports.registry, experiments, bring: async () => {} };
    return note("validate", await validateStage(source, context("validate"), about));
  };
  const rest = async () => {
    const at = bundles as Record<PipelineStage, BundleAt>;
    const packed = ended.validate?.record.packed;
    if (!note("train", await trainStage(context("train"), at))) return;
    if (!note("predict", await predictStage(context("predict"), at))) return;
    if (packed?.versions.some(({ problem }) => problem === undefined)) {
      note("baseline", await baselineStage(context("baseline"), at));
    }
    if (Object.values(packed?.model.spec.metrics ?? {}).some((metric) => "run" in metric)) {
      const own = () => modelAt(ports, about.commit, model);
      if (!note("own-metrics", await ownMetricsStage(context("own-metrics"), own, at, async () => {}))) return;
    }
    const inputs = { ...at, ownMetrics: at["own-metrics"] };
    note("score", await scoreStage(ports, context("score"), about, inputs));
  };
  if (await validate()) await rest();
  const { out, temporary, run } = context("store");
  const { commit, origin } = about;
  const binding = origin === "default-branch";
  const result = await storeStage({ model, run, commit, binding, stages, out, temporary });
  if (!existsSync(join(out, "result.json"))) throw new Error("no result.json");
  const read = (path: string) => {
    const sha256 = ended.score?.record.made?.report.files.find((file) => file.path === path)?.sha256 ?? "none";
    return readFileSync(join(folder, "score/store/sha256", sha256.slice(0, 2), sha256), "utf8");
  };
  return { run: result, bundles, ended, read };
}
