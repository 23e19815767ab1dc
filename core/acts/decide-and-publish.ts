import type { CommitId } from "../../schemas/names.ts";
import { publishWithRetry } from "../registry/commit-act.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import type { RegistryChange } from "../registry/registry-change.ts";
import { decidingBranch } from "./binding.ts";
import type { Ports } from "./ports.ts";

/** What an act came to, and what there is to write of it, if anything. */
export interface Decided<Result> {
  result: Result;
  change?: RegistryChange | undefined;
}

/**
 * One act: loads the registry and the default branch's tip, decides, and publishes; all of it again where either moved
 * meanwhile, since deciding may take a while (comparing does) and the rules are those of the branch as it stands then.
 * `decide` has to look for the act's own records before anything else: a connection may have broken after they were
 * published.
 */
export async function decideAndPublish<Result>(
  ports: Pick<Ports, "registry" | "workspace" | "remote">,
  decide: (snapshot: RegistrySnapshot, tip: CommitId) => Promise<Decided<Result>>,
): Promise<Result> {
  let decided: Decided<Result> | undefined;
  await publishWithRetry(ports.registry, async (snapshot, basis) => {
    const tip = await basis(async () => (await decidingBranch(ports)).commit);
    decided = await decide(snapshot, tip);
    return decided.change;
  });
  return (decided as Decided<Result>).result;
}
