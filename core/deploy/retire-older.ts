import type { DeploymentPayload } from "../../schemas/deployment-payload.ts";

/** GitHub's deployments, as far as a host reads and marks them. */
export interface DeploymentStates {
  /** A model's newest deployments to a stage, newest first. */
  list(of: Pick<DeploymentPayload, "model" | "stage">): Promise<readonly { id: number }[]>;
  /** Its newest status; undefined before there is one. */
  state(id: number): Promise<string | undefined>;
  markInactive(id: number): Promise<void>;
}

/** Deployments that are looked at: what is older was retired when these succeeded. */
const MOST = 10;

/**
 * Marks the model's earlier deployments to the stage as inactive. GitHub could do so by itself, but it would mark
 * every deployment to the environment, and other models are deployed there too.
 */
export async function retireOlder(
  deployments: DeploymentStates,
  deployment: number,
  of: Pick<DeploymentPayload, "model" | "stage">,
): Promise<void> {
  const older = (await deployments.list(of)).filter(({ id }) => id < deployment);
  for (const { id } of older.slice(0, MOST)) {
    const state = await deployments.state(id);
    if (state === "inactive") return;
    if (state === "success") await deployments.markInactive(id);
  }
}
