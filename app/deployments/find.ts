import { deploymentTask, readDeploymentPayload } from "../../core/promotion/deployment-payload.ts";
import type { DeploymentPayload } from "../../schemas/deployment-payload.ts";
import type { ModelName, StageName } from "../../schemas/names.ts";
import type { EventContext } from "../github/event-context.ts";

export interface OwnDeployment {
  id: number;
  payload: DeploymentPayload;
}

/** The App's newest deployments of a model to a stage, newest first: one call. Deployments of others are left out. */
export async function findDeployments(
  context: EventContext,
  model: ModelName,
  stage: StageName,
): Promise<OwnDeployment[]> {
  const { data } = await context.octokit.rest.repos.listDeployments({
    ...{ owner: context.repository.owner, repo: context.repository.name },
    ...{ environment: stage, task: deploymentTask(model), per_page: 30 },
  });
  return data.flatMap(({ id, creator, payload }) => {
    const read = creator?.login === context.app.login ? readDeploymentPayload(payload) : undefined;
    return read?.model === model && read.stage === stage ? [{ id, payload: read }] : [];
  });
}
