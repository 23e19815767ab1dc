import { baselineStage } from "../../core/stages/baseline.ts";
import { predictStage } from "../../core/stages/predict.ts";
import { choiceInput, recordInput } from "../job/inputs.ts";
import type { ActionOutcome, ActionPorts } from "../job/ports.ts";
import { stageJob } from "../job/stage-job.ts";
import { meetUserCode } from "../job/user-code-job.ts";

/** Predicts the test rows: user code, the candidate's or that of the versions to compare with. */
export async function run(ports: ActionPorts): Promise<ActionOutcome> {
  const stage = choiceInput(ports, "stage", ["predict", "baseline"]);
  const { record: _, ...outcome } = await (stage === "predict" ? candidate(ports) : baseline(ports));
  return outcome;
}

function candidate(ports: ActionPorts) {
  return stageJob(ports, "predict", async (job) => {
    const validate = job.bundle("validate", recordInput(ports, "validate"));
    const train = job.bundle("train", recordInput(ports, "train"));
    const secrets = await meetUserCode(ports, job.facts, job);
    return predictStage({ ...job.context, secrets }, { validate, train });
  });
}

function baseline(ports: ActionPorts) {
  return stageJob(ports, "baseline", async (job) => {
    const validate = job.bundle("validate", recordInput(ports, "validate"));
    const secrets = await meetUserCode(ports, job.facts, job);
    return baselineStage({ ...job.context, secrets }, { validate });
  });
}
