import { trainStage } from "../../core/stages/train.ts";
import { recordInput } from "../job/inputs.ts";
import type { ActionOutcome, ActionPorts } from "../job/ports.ts";
import { stageJob } from "../job/stage-job.ts";
import { meetUserCode } from "../job/user-code-job.ts";

/** Trains: user code, on what validate packed. */
export async function run(ports: ActionPorts): Promise<ActionOutcome> {
  const { record: _, ...outcome } = await stageJob(ports, "train", async (job) => {
    const validate = job.bundle("validate", recordInput(ports, "validate"));
    const secrets = await meetUserCode(ports, job.facts, job);
    return trainStage({ ...job.context, secrets }, { validate });
  });
  return outcome;
}
