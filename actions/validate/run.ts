import { isUnscored, isWanted } from "../../core/stages/order.ts";
import { validateStage } from "../../core/stages/validate.ts";
import { withCommitSource } from "../job/commit-job.ts";
import type { ActionOutcome, ActionPorts } from "../job/ports.ts";
import { stageJob } from "../job/stage-job.ts";

/** Checks the data, and packs what the jobs with user code are given. */
export async function run(ports: ActionPorts): Promise<ActionOutcome> {
  const { record, ...outcome } = await stageJob(ports, "validate", (job) =>
    withCommitSource(ports, job, (source) => validateStage(job.context, {}, source)),
  );
  ports.output("unscored", String(isUnscored(record)));
  ports.output("sealed", String(record.model_file?.spec.data.labels !== undefined));
  for (const stage of ["baseline", "own-metrics"] as const) ports.output(stage, String(isWanted(stage, record)));
  return outcome;
}
