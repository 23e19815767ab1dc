import { reportRun } from "../../core/acts/report-run.ts";
import { toMarkdown } from "../../core/report/to-markdown.ts";
import { ownMetricsStage } from "../../core/stages/own-metrics.ts";
import { type ScoredRun, scoreStage } from "../../core/stages/score.ts";
import { withCommitSource } from "../job/commit-job.ts";
import { choiceInput, recordInput } from "../job/inputs.ts";
import type { ActionOutcome, ActionPorts } from "../job/ports.ts";
import { type StageJob, stageJob } from "../job/stage-job.ts";
import { SUMMARY_LIMIT } from "../job/summary.ts";
import { scoreSealed } from "./sealed.ts";

/**
 * Scores: the platform's part, without user code; the same of another run, on labels that its own jobs do not open; or the
 * model's own metrics, which are user code that sees labels.
 */
export async function run(ports: ActionPorts): Promise<ActionOutcome> {
  const stage = choiceInput(ports, "stage", ["score", "own-metrics", "sealed"]);
  if (stage === "sealed") return scoreSealed(ports);
  const { record: _, ...outcome } = await (stage === "score" ? score(ports) : ownMetrics(ports));
  return outcome;
}

function inputs(ports: ActionPorts, job: StageJob) {
  return {
    validate: job.bundle("validate", recordInput(ports, "validate")),
    predict: job.bundle("predict", recordInput(ports, "predict")),
    baseline: job.bundle("baseline", recordInput(ports, "baseline")),
  };
}

async function score(ports: ActionPorts) {
  let summary: string | undefined;
  const ended = await stageJob(ports, "score", (job) => {
    const given = {
      ...inputs(ports, job),
      train: job.bundle("train", recordInput(ports, "train")),
      "own-metrics": job.bundle("own-metrics", recordInput(ports, "own-metrics")),
    };
    const write = (made: ScoredRun, stage: Parameters<typeof reportRun>[1]) =>
      stage.step("report", async () => {
        const { report, folder } = await reportRun(made, stage);
        summary = toMarkdown(report, { limit: SUMMARY_LIMIT });
        return stage.store.putFolder(folder);
      });
    return withCommitSource(ports, job, (source) => scoreStage(job.context, given, source, write));
  });
  if (summary !== undefined) await ports.summary(summary);
  return ended;
}

function ownMetrics(ports: ActionPorts) {
  return stageJob(ports, "own-metrics", (job) => {
    const given = inputs(ports, job);
    return withCommitSource(ports, job, (source) => ownMetricsStage(job.context, given, source));
  });
}
