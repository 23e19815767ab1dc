import type { CommitId } from "../../schemas/names.ts";
import { publishWithRetry } from "../registry/commit-act.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import type { RegistryChange } from "../registry/registry-change.ts";
import { decidingBranch } from "./binding.ts";
import { completeDeploy, type DeployPorts } from "./deploy.ts";

/** What an act came to, and what there is to write of it, if anything. */
export interface Decided<Result> {
  result: Result;
  change?: RegistryChange | undefined;
}

/**
 * One act: loads the registry and the default branch's tip, decides, and publishes; all of it again where either moved
 * meanwhile, since deciding may take a while (comparing does) and the rules are those of the branch as it stands then.
 * What the branch `deploy` lacks then is written after it. `decide` has to look for the act's own records before anything else: a connection may have broken after they were
 * published.
 */
export async function decideAndPublish<Result>(
  ports: DeployPorts,
  decide: (snapshot: RegistrySnapshot, tip: CommitId) => Promise<Decided<Result>>,
): Promise<Result> {
  let decided: Decided<Result> | undefined;
  let tip: CommitId | undefined;
  await publishWithRetry(ports.registry, async (snapshot, basis) => {
    tip = await basis(async () => (await decidingBranch(ports)).commit);
    decided = await decide(snapshot, tip);
    return decided.change;
  });
  // Also where the act was done already: who did it may have been killed before this.
  await completeDeploy(ports, tip);
  return (decided as Decided<Result>).result;
}
