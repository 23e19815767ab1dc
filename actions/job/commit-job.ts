import { SlipwayError } from "../../core/errors.ts";
import type { CommitId } from "../../schemas/names.ts";
import { commitInput } from "./inputs.ts";
import type { ActionPorts } from "./ports.ts";
import { openRunRepository, type RunRepository } from "./repository.ts";
import type { StageJob } from "./stage-job.ts";

/** A run's repository with its commit and the default branch's tip. */
export interface CommitJob extends RunRepository {
  commit: CommitId;
  at: CommitId;
}

/**
 * Fetches what a job reads of the repository into a folder of its own. The commit is the event's: another one would be run
 * with this event's rights. Rejects with USAGE, NO_COMMIT or REMOTE_FAILED.
 */
export async function openCommitJob(ports: ActionPorts, { facts, folder }: StageJob): Promise<CommitJob> {
  const commit = commitInput(ports);
  if (commit !== facts.head) {
    throw new SlipwayError("USAGE", "The input `commit` is not what this run is about", {
      expected: facts.head,
      found: commit,
    });
  }
  const repository = await openRunRepository(await folder("repository"), facts.repository, ports.input("token"));
  try {
    await repository.bring(commit);
    return { ...repository, commit, at: await repository.tip() };
  } catch (error) {
    await repository.close();
    throw error;
  }
}
