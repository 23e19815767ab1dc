import { type CommitRun, openCommitSource } from "../../core/acts/commit-run.ts";
import { SlipwayError } from "../../core/errors.ts";
import { removeTree } from "../../core/runtime/remove-tree.ts";
import type { ActionsUri } from "../../core/stages/actions-uri.ts";
import type { RunSource } from "../../core/stages/run-source.ts";
import { commitInput } from "./inputs.ts";
import type { ActionPorts } from "./ports.ts";
import { provideDuckDB } from "./provide-duckdb.ts";
import { openRunRepository } from "./repository.ts";
import { sealingOf } from "./sealing.ts";
import type { StageJob } from "./stage-job.ts";
import { giveStoreCredentials } from "./store-credentials.ts";
import { meetUserCode } from "./user-code-job.ts";

/**
 * Fetches what a job reads of the repository into a folder of its own, and hands it to `act` as the run's source, with
 * what opens data and the store as long as no user code runs. The commit is the event's: another one would be run with this
 * event's rights. Rejects with USAGE, NO_COMMIT or REMOTE_FAILED.
 */
export async function withCommitSource<T>(
  ports: ActionPorts,
  { facts, model, context, folder, settled }: StageJob,
  act: (source: RunSource) => Promise<T>,
  about: Pick<CommitRun, "judgedByTip"> = {},
): Promise<T> {
  const commit = commitInput(ports);
  if (commit !== facts.head) {
    throw new SlipwayError("USAGE", "The input `commit` is not this run's commit", {
      expected: facts.head,
      found: commit,
    });
  }
  provideDuckDB(await folder("duckdb"), ports.env);
  const home = await folder("repository");
  const repository = await openRunRepository(home, facts.repository, ports.input("token"));
  const given = await giveStoreCredentials(ports, await folder("credentials"), "data");
  try {
    const { tip, registry } = await repository.bringRun(commit);
    const run = { commit, tip, origin: facts.origin, ...about };
    const { sealing, labelsEnv } = sealingOf(ports, facts);
    const leave = async () => {
      await given.remove();
      await repository.close();
      await removeTree(home);
      // Inputs can be read no more after this, and a job that sees labels gets no secret.
      await meetUserCode(ports, { origin: "fork" }, { settled });
    };
    // Read before inputs are gone.
    const token = ports.input("token");
    const earlier = ({ run: id, name }: ActionsUri, at: string) =>
      ports.artifacts.download(name, at, { run: id, repository: facts.repository.fullName, token });
    const place = {
      folder: await folder("rows"),
      cache: context.cache,
      env: context.caller,
      labelsEnv,
      signal: context.signal,
    };
    return await act(openCommitSource({ ...repository, registry, leave, earlier, sealing }, model, run, place));
  } finally {
    await given.remove();
    await repository.close();
  }
}
