import type { DeploymentPayload } from "../../schemas/deployment-payload.ts";
import type { EventContext } from "../github/event-context.ts";
import { findDeployments } from "./find.ts";

/** Deployments that are looked at: what is older was retired when these succeeded. */
const MOST = 10;

/**
 * Marks the model's earlier deployments to the stage as inactive. GitHub could do so by itself, but it would mark
 * every deployment to the environment, and other models are deployed there too.
 */
export async function retireOlder(
  context: EventContext,
  deployment: number,
  { model, stage }: DeploymentPayload,
): Promise<void> {
  const where = { owner: context.repository.owner, repo: context.repository.name };
  const older = (await findDeployments(context, model, stage)).filter(({ id }) => id < deployment);
  for (const { id } of older.slice(0, MOST)) {
    const { data } = await context.octokit.rest.repos.listDeploymentStatuses({
      ...where,
      deployment_id: id,
      per_page: 1,
    });
    const state = data[0]?.state;
    if (state === "inactive") return;
    if (state === "success") {
      await context.octokit.rest.repos.createDeploymentStatus({ ...where, deployment_id: id, state: "inactive" });
    }
  }
}
