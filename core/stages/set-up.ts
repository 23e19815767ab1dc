import { join } from "node:path";
import type { Bundle } from "./bundle.ts";
import { type EnvironmentFacts, environmentFacts, loadCode } from "./load-code.ts";
import { packedBy } from "./packed-by.ts";
import type { StageContext, StageWork } from "./run-stage.ts";
import type { RunDependencies, RunnableModel } from "./runnable-model.ts";
import type { UserCode } from "./user-code/user-code.ts";
import { withSecrets } from "./with-secrets.ts";

type Work = Pick<StageWork<"train">, "step" | "work" | "folder" | "kept">;

/** What user code of a stage needs of its machine; `secrets` names those that the policy lets the stage have. */
export function codeDependencies(
  context: StageContext,
  kept: StageWork<"train">["kept"],
  validated: Bundle<"validate">,
  secrets: readonly string[],
): RunDependencies {
  const { cache, temporary, executor } = context;
  const caller = withSecrets(context, secrets);
  return { ...{ store: kept, cache, temporary, executor, caller }, passable: packedBy(validated).pass };
}

/** The step that makes the model's user code ready to run; where one process runs all stages, the first to ask takes it. */
export async function setUp(
  context: StageContext,
  { step, work, folder }: Work,
  deps: RunDependencies,
  model: RunnableModel,
  facts?: EnvironmentFacts,
): Promise<UserCode> {
  const { signal, onOutput, shared } = context;
  if (shared?.code) return shared.code;
  const known = facts ?? (await environmentFacts(model, deps.caller));
  const code = await step("setup", async (about) => {
    const log = join("logs", "setup.log");
    const place = shared?.work ?? work;
    const made = await loadCode(deps, model, { facts: known, work: place, log: join(folder, log), signal, onOutput });
    about.outcome = made.environment.outcome;
    if (made.environment.detail !== undefined) about.detail = made.environment.detail;
    if (about.outcome === "done") about.log = log;
    return made.code;
  });
  if (shared) shared.code = code;
  return code;
}
