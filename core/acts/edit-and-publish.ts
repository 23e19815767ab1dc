import type { Refusal } from "../../schemas/decision.ts";
import { publishWithRetry } from "../registry/commit-act.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import type { Authorize } from "./authorize.ts";
import { type Decided, decideAndPublish } from "./decide-and-publish.ts";
import { completeDeploy } from "./deploy.ts";
import { readPolicy } from "./policy.ts";
import type { Ports } from "./ports.ts";

/** What an act needs that no gate decides. */
export type EditPorts = Pick<Ports, "registry" | "workspace" | "remote" | "objects" | "clock" | "name">;

/** Who asks may not: recorded nowhere. */
export type Denied = { outcome: "denied"; refusal: Refusal };

/**
 * As `decideAndPublish`, for what people may do without a gate: the policy is read, and the default branch looked at, only
 * where it has a say on who may.
 */
export async function editAndPublish<Result>(
  ports: EditPorts,
  authorize: Authorize | undefined,
  decide: (snapshot: RegistrySnapshot) => Promise<Decided<Result>>,
): Promise<Result | Denied> {
  if (authorize !== undefined)
    return decideAndPublish<Result | Denied>(ports, async (snapshot, tip) => {
      const refusal = await authorize(await readPolicy(ports, tip));
      return refusal ? { result: { outcome: "denied", refusal } } : decide(snapshot);
    });
  let decided: Decided<Result> | undefined;
  await publishWithRetry(ports.registry, async (snapshot) => {
    decided = await decide(snapshot);
    return decided.change;
  });
  await completeDeploy(ports);
  return (decided as Decided<Result>).result;
}
