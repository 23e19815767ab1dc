import { randomInt, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type CommitRun, openCommitSource } from "../../core/acts/commit-run.ts";
import type { Ports } from "../../core/acts/ports.ts";
import { reportRun } from "../../core/acts/report-run.ts";
import { localExecutor } from "../../core/executors/local.ts";
import { openExperiments } from "../../core/experiments/open.ts";
import { baselineStage } from "../../core/stages/baseline.ts";
import { type BundleAt, sealBundle } from "../../core/stages/bundle.ts";
import { isWanted } from "../../core/stages/order.ts";
import { ownMetricsStage } from "../../core/stages/own-metrics.ts";
import { predictStage } from "../../core/stages/predict.ts";
import type { StageContext, StageResult } from "../../core/stages/run-stage.ts";
import { scoreStage } from "../../core/stages/score.ts";
import { type StoreRequest, storeStage } from "../../core/stages/store.ts";
import { trainStage } from "../../core/stages/train.ts";
import { validateStage } from "../../core/stages/validate.ts";
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
    /** The run is left without the stage `score`, as a pull request's is whose labels are sealed. */
    unscored?: boolean;
  },
): Promise<ByStages> {
  const { model } = about;
  const folder = join(root, `stages-${randomUUID()}`);
  // A run's processes are found by its id: two tests must not have the same.
  const id = randomInt(1_000, 1e9);
  const run = `${id}-1-${model}`;
  const bundles: ByStages["bundles"] = {};
  const ended: ByStages["ended"] = {};
  const stages: StoreRequest["stages"] = {};
  const context = (stage: string): StageContext => {
    for (const each of [stage, `${stage}-cache`]) mkdirSync(join(folder, each), { recursive: true });
    return {
      ...{
        model,
        run,
        caller: about.caller ?? process.env,
        uri: `actions:${id}/slipway-${stage}-${model}`,
      },
      executor: localExecutor({ readOnly: [] }),
      ...{ out: join(folder, stage), cache: join(folder, `${stage}-cache`), temporary: join(folder, "tmp") },
    };
  };
  const note = async <Stage extends PipelineStage>(stage: Stage, result: StageResult<Stage>) => {
    if (result.bug) throw result.bug;
    const at = { folder: join(folder, stage), sha256: await sealBundle(join(folder, stage), result.record) };
    about.between?.(stage, at);
    const succeeded = result.record.outcome === "succeeded";
    Object.assign(stages, { [stage]: { result: succeeded ? "success" : "failure", bundle: at } });
    Object.assign(ended, { [stage]: result });
    bundles[stage] = at;
    return succeeded;
  };
  /** Each job that sees the repository has a source of its own. */
  const source = (stage: string) => {
    const experiments = openExperiments(ports.objects, ports.remote);
    const rows = join(folder, `${stage}-rows`);
    mkdirSync(rows, { recursive: true });
    const { objects, registry } = ports;
    const of = { objects, registry, experiments, bring: async () => {} };
    return openCommitSource(of, model, about, { folder: rows, cache: join(folder, `${stage}-cache`), env: {} });
  };
  const validate = async () => note("validate", await validateStage(context("validate"), {}, source("validate")));
  const rest = async () => {
    const at = bundles as Record<PipelineStage, BundleAt>;
    const wanted = (stage: PipelineStage) => ended.validate && isWanted(stage, ended.validate.record);
    if (!(await note("train", await trainStage(context("train"), at)))) return;
    if (!(await note("predict", await predictStage(context("predict"), at)))) return;
    if (wanted("baseline")) await note("baseline", await baselineStage(context("baseline"), at));
    if (wanted("own-metrics")) {
      const own = await ownMetricsStage(context("own-metrics"), at, source("own-metrics"));
      if (!(await note("own-metrics", own))) return;
    }
    if (about.unscored) {
      stages.score = { result: "skipped" };
      return;
    }
    const report = (...made: Parameters<typeof reportRun>) =>
      made[1].step("report", async () => made[1].store.putFolder((await reportRun(...made)).folder));
    await note("score", await scoreStage(context("score"), at, source("score"), report));
  };
  if (await validate()) await rest();
  const { out, temporary } = context("store");
  const { commit, origin } = about;
  const binding = origin === "default-branch";
  const of = { commit, dirty: false };
  const result = await storeStage({ model, run, source: of, binding, stages, out, temporary });
  if (!existsSync(join(out, "result.json"))) throw new Error("no result.json");
  const read = (path: string) => {
    const sha256 = ended.score?.record.made?.report?.files.find((file) => file.path === path)?.sha256 ?? "none";
    return readFileSync(join(folder, "score/store/sha256", sha256.slice(0, 2), sha256), "utf8");
  };
  return { run: result, bundles, ended, read };
}
