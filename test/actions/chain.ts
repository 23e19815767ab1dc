import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run as plan } from "../../actions/plan/run.ts";
import { run as predict } from "../../actions/predict/run.ts";
import { run as score } from "../../actions/score/run.ts";
import { run as store } from "../../actions/store/run.ts";
import { run as train } from "../../actions/train/run.ts";
import { run as validate } from "../../actions/validate/run.ts";
import { RunResult } from "../../schemas/run-result.ts";
import type { PipelineStage } from "../../schemas/stage-record.ts";
import type { arrangeRunner, EventFacts, Told } from "./ports.ts";

type Runner = Awaited<ReturnType<typeof arrangeRunner>>;
type Inputs = Record<string, string>;

const ACTIONS = { plan, validate, train, predict, baseline: predict, "own-metrics": score, score };

export interface Ended {
  result: "success" | "failure" | "skipped";
  told: Told;
  error?: unknown;
}

/** Jobs in the order of model.yml, each with the outputs of those before, as its workflow hands them on. */
export async function runJobs(
  runner: Runner,
  event: EventFacts,
  about: {
    model: string;
    commit: string;
    secrets?: Inputs;
    /** Inputs of the job `score` alone. */
    scoring?: Inputs;
    /** Called before a job starts: its chance to tamper with what was handed over, or to fill its workspace. */
    before?: (stage: PipelineStage | "store", place: string) => Promise<void> | void;
  },
) {
  const { model, commit, secrets = {}, scoring = {} } = about;
  const jobs: Partial<Record<PipelineStage, Ended>> = {};
  const record = (stage: PipelineStage) => jobs[stage]?.told.outputs["record"] ?? "";
  const start = async (stage: PipelineStage, inputs: Inputs): Promise<boolean> => {
    const { ports, told, place } = await runner.job(event, { model, stage, ...inputs });
    await about.before?.(stage, place);
    try {
      const { outcome } = await ACTIONS[stage](ports);
      jobs[stage] = { result: outcome === "succeeded" ? "success" : "failure", told };
    } catch (error) {
      jobs[stage] = { result: "failure", told, error };
    }
    return jobs[stage]?.result === "success";
  };
  const given = () => ({ validate: record("validate"), train: record("train") });
  const handed = JSON.stringify(secrets);
  if (
    (await start("validate", { commit })) &&
    (await start("train", { validate: record("validate"), secrets: handed })) &&
    (await start("predict", { ...given(), secrets: handed }))
  ) {
    const { baseline, "own-metrics": own, unscored } = jobs.validate?.told.outputs ?? {};
    if (baseline === "true") await start("baseline", { validate: record("validate") });
    const all = { ...given(), commit, predict: record("predict"), baseline: record("baseline") };
    if (unscored === "true")
      jobs.score = { result: "skipped", told: { outputs: {}, annotations: [], lines: [], masks: [], summary: "" } };
    else if (own !== "true" || (await start("own-metrics", all)))
      await start("score", { ...all, "own-metrics": record("own-metrics"), ...scoring });
  }
  const needs = Object.entries(jobs).map(([name, { result, told }]) => [name, { result, outputs: told.outputs }]);
  const { ports, told, place } = await runner.job(event, {
    ...{ model, commit },
    needs: JSON.stringify(Object.fromEntries(needs)),
  });
  await about.before?.("store", place);
  const stored = await store(ports);
  const file = join(runner.artifacts.at(`slipway-result-${model}`), "result.json");
  const run = RunResult.parse(JSON.parse(readFileSync(file, "utf8")));
  return { jobs, store: { ...stored, told }, run };
}
