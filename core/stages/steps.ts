import { join } from "node:path";
import { SlipwayError } from "../errors.ts";
import type { WorkFolder } from "../runtime/work-folder.ts";
import { type EnvironmentFacts, loadCode } from "./load-code.ts";
import type { Step, StepRunner } from "./run.ts";
import { recordStep } from "./run-record.ts";
import type { RunDependencies, RunnableModel, RunRequest } from "./run-request.ts";
import type { UserCode } from "./user-code/user-code.ts";

/** Runs steps one after another, records each in `steps`, and tells of it. Rejects with INTERRUPTED before the next one. */
export function stepRunner(steps: Step[], { signal, onStep }: Pick<RunRequest, "signal" | "onStep">): StepRunner {
  return (name, act) => {
    if (signal?.aborted) throw new SlipwayError("INTERRUPTED", `The run was interrupted before ${name}`);
    onStep?.({ step: name, outcome: "started" });
    return recordStep(steps, name, act).finally(() => onStep?.(steps.at(-1) as Step));
  };
}

/** The step that makes a model's user code ready to run; its log goes to `folder`. */
export function setUp(
  step: StepRunner,
  deps: RunDependencies,
  model: RunnableModel,
  context: Pick<RunRequest, "signal" | "onOutput"> & { facts: EnvironmentFacts; work: WorkFolder; folder: string },
): Promise<UserCode> {
  return step("setup", async (about) => {
    const log = join("logs", "setup.log");
    const { code, environment } = await loadCode(deps, model, { ...context, log: join(context.folder, log) });
    about.outcome = environment.outcome;
    if (environment.detail !== undefined) about.detail = environment.detail;
    if (about.outcome === "done") about.log = log;
    return code;
  });
}
