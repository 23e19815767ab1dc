import { modelAt } from "../../core/acts/project.ts";
import { scoreStage } from "../../core/acts/stages/score.ts";
import type { Report } from "../../core/report/report.ts";
import { toMarkdown } from "../../core/report/to-markdown.ts";
import { removeTree } from "../../core/runtime/remove-tree.ts";
import { ownMetricsStage } from "../../core/stages/own-metrics.ts";
import { openCommitJob } from "../job/commit-job.ts";
import { choiceInput, recordInput } from "../job/inputs.ts";
import type { ActionOutcome, ActionPorts } from "../job/ports.ts";
import { provideDuckDB } from "../job/provide-duckdb.ts";
import { type StageJob, stageJob } from "../job/stage-job.ts";
import { SUMMARY_LIMIT } from "../job/summary.ts";
import { meetUserCode } from "../job/user-code-job.ts";

/** Scores: the platform's part, without user code; or the model's own metrics, which are user code that sees labels. */
export async function run(ports: ActionPorts): Promise<ActionOutcome> {
  const stage = choiceInput(ports, "stage", ["score", "own-metrics"]);
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
  let report: Report | undefined;
  const ended = await stageJob(ports, "score", async (job) => {
    const given = {
      ...inputs(ports, job),
      train: job.bundle("train", recordInput(ports, "train")),
      ownMetrics: job.bundle("own-metrics", recordInput(ports, "own-metrics")),
    };
    provideDuckDB(await job.folder("duckdb"), ports.env);
    const repository = await openCommitJob(ports, job);
    try {
      const { commit, at: tip } = repository;
      const run = { commit, tip, origin: job.facts.origin };
      return await scoreStage(repository, job.context, run, given, (made) => {
        report = made;
      });
    } finally {
      await repository.close();
    }
  });
  if (report) await ports.summary(toMarkdown(report, { limit: SUMMARY_LIMIT }));
  return ended;
}

function ownMetrics(ports: ActionPorts) {
  return stageJob(ports, "own-metrics", async (job) => {
    const given = inputs(ports, job);
    provideDuckDB(await job.folder("duckdb"), ports.env);
    const repository = await openCommitJob(ports, job);
    // Labels are in the features' table by then; history and the rest of the repository are not for user code to read.
    const ready = async () => {
      await repository.close();
      await removeTree(await job.folder("repository"));
      await meetUserCode(ports, { origin: "fork" });
    };
    const model = () => modelAt(repository, repository.commit, job.model);
    return ownMetricsStage(job.context, model, given, ready).finally(() => repository.close());
  });
}
