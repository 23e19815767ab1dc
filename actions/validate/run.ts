import { validateStage } from "../../core/acts/stages/validate.ts";
import { openCommitJob } from "../job/commit-job.ts";
import type { ActionOutcome, ActionPorts } from "../job/ports.ts";
import { provideDuckDB } from "../job/provide-duckdb.ts";
import { stageJob } from "../job/stage-job.ts";

/** Checks the data, and packs what the jobs with user code are given. */
export async function run(ports: ActionPorts): Promise<ActionOutcome> {
  const { record, ...outcome } = await stageJob(ports, "validate", async (job) => {
    provideDuckDB(await job.folder("duckdb"), ports.env);
    const repository = await openCommitJob(ports, job);
    try {
      await repository.experiments.refresh();
      const { commit, at: tip } = repository;
      return await validateStage(repository, job.context, { commit, tip, origin: job.facts.origin });
    } finally {
      await repository.close();
    }
  });
  const { packed } = record;
  const metrics = Object.values(packed?.model.spec.metrics ?? {});
  ports.output("baseline", String(packed?.versions.some(({ problem }) => problem === undefined) ?? false));
  ports.output("own-metrics", String(metrics.some((metric) => "run" in metric)));
  return outcome;
}
