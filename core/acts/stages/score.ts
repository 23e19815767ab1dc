import { SlipwayError } from "../../errors.ts";
import type { Report } from "../../report/report.ts";
import type { BundleAt } from "../../stages/bundle.ts";
import { runStage, type StageContext, type StageResult, type StageWork } from "../../stages/run-stage.ts";
import type { Ports } from "../ports.ts";
import { type CommitRun, loadRun } from "./commit-run.ts";
import { type Bundles, evaluateBundles } from "./evaluate-bundles.ts";
import { reportRun } from "./report-run.ts";

export interface ScoreInputs {
  validate: BundleAt | undefined;
  train: BundleAt | undefined;
  predict: BundleAt | undefined;
  baseline: BundleAt | undefined;
  ownMetrics: BundleAt | undefined;
}

/**
 * The stage `score`: labels, which it reads from the commit by itself, and predictions become metrics, comparisons and
 * what each gate says. Of the stages before it takes predictions and scores, and makes again what it can: data, fingerprint.
 * Runs no user code; `tell` gets the report. Fails with DATA_CHANGED and as joinPredictions does.
 */
export function scoreStage(
  ports: Pick<Ports, "objects" | "registry">,
  context: StageContext,
  run: CommitRun,
  inputs: ScoreInputs,
  tell?: (report: Report) => void,
): Promise<StageResult<"score">> {
  return runStage(context, { stage: "score" }, async (stage) => {
    const { record, step, work, store } = stage;
    const bundles = await openAll(stage, inputs);
    const loaded = await loadRun(ports, context.model, run);
    const { found, scored, live } = await step("score", () =>
      evaluateBundles(ports, loaded, run, bundles, { store, folder: work.private, ...context }),
    );
    const { report, folder } = await step("report", () =>
      reportRun({ ...context, ...run }, record, found, bundles, { loaded, scored, live, folder: work.private }),
    );
    tell?.(report);
    record.made = { ...found, report: await store.putFolder(folder) };
  });
}

async function openAll(stage: StageWork<"score">, inputs: ScoreInputs): Promise<Bundles> {
  return {
    validated: await stage.input("validate", inputs.validate),
    trained: await stage.input("train", inputs.train),
    predicted: await stage.input("predict", inputs.predict),
    // A baseline that failed is the comparison's to say.
    baseline: inputs.baseline && (await stage.input("baseline", inputs.baseline).catch(unlessFailed)),
    ownMetrics: inputs.ownMetrics && (await stage.input("own-metrics", inputs.ownMetrics)),
  };
}

function unlessFailed(error: unknown): undefined {
  if (error instanceof SlipwayError && error.code !== "HANDOVER_CORRUPT") return undefined;
  throw error;
}
