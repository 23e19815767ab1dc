import { clearWorkspace } from "./clear-workspace.ts";
import { secretsInput } from "./inputs.ts";
import type { ActionPorts } from "./ports.ts";
import type { RunFacts } from "./run-facts.ts";
import { scrubEnvironment } from "./scrub-environment.ts";
import type { StageJob } from "./stage-job.ts";

/**
 * Prepares a job for user code, once all that it was handed is here: empties the workspace, reads the secrets that the job was given (none in a run from
 * a fork), and takes tokens and inputs out of the environment. Inputs cannot be read after it.
 */
export async function meetUserCode(
  ports: ActionPorts,
  { origin }: Pick<RunFacts, "origin">,
  { settled }: Pick<StageJob, "settled">,
): Promise<Record<string, string>> {
  await settled();
  const removed = await clearWorkspace(ports.env);
  if (removed.length > 0) ports.log(`Removed ${removed.length} entries that the workspace held.`);
  const secrets = secretsInput(ports);
  scrubEnvironment(ports.env);
  return origin === "fork" ? {} : secrets;
}
