import { countResult } from "../../core/acts/register-result.ts";
import { type Attested, attestedModels } from "../../core/attested/attested.ts";
import { attestedAt, readResults } from "../../core/attested/read-results.ts";
import type { Person } from "../../schemas/names.ts";
import type { EventContext } from "../github/event-context.ts";
import type { WorkflowRun } from "../pulls/results/workflow-run.ts";
import { repositoryCache } from "../repositories/repository-cache.ts";

/** Attempts, as `run-attempt`: their tries are on record. */
const countedOf = repositoryCache<string, true>();

/**
 * Counts what a default branch's run found up to an attempt, where no version is made of it: it was seen all the same. What
 * `taken` attests is somebody else's to count. Rejects if GitHub cannot be reached, or the registry cannot be written.
 */
export async function countAttempts(
  context: EventContext,
  run: WorkflowRun,
  { last, taken, requestedBy }: { last: number; taken: readonly Attested[]; requestedBy: Person },
): Promise<void> {
  const counted = countedOf(context);
  // Jobs that were not run again attest the same artifact in each attempt.
  const known = new Set(taken.map(({ artifact }) => artifact));
  for (let attempt = 1; attempt <= last; attempt += 1) {
    const key = `${run.id}-${attempt}`;
    if (counted.get(key)) continue;
    const about = { id: run.id, attempt, head: run.head_sha, binding: true };
    const attested = (await attestedAt(context, about)).filter(({ artifact }) => !known.has(artifact));
    for (const model of attestedModels(attested)) {
      const [read] = await readResults(context, about, attested, [model]);
      if (read && "result" in read) await countResult(context.ports, { run: read.result, requestedBy });
      else context.log.warn({ run: run.id, attempt, model, read }, "a result that cannot be read is not counted");
    }
    for (const { artifact } of attested) known.add(artifact);
    counted.set(key, true);
  }
}
