import type { Deployment, DeploymentStatus, Repo, State } from "../state.ts";
import { showUser } from "./account.ts";
import { showAppOrNull } from "./app.ts";
import { nodeId } from "./links.ts";
import { repoUrl } from "./repository.ts";

const urlOf = (state: State, repo: Repo, { id }: Deployment) => `${repoUrl(state, repo)}/deployments/${id}`;

export function showDeployment(state: State, repo: Repo, deployment: Deployment) {
  const { id, sha, ref, task, environment, description, payload, createdAt, updatedAt, creator, app } = deployment;
  const url = urlOf(state, repo, deployment);
  return {
    ...{
      id,
      node_id: nodeId("Deployment", id),
      url,
      statuses_url: `${url}/statuses`,
      repository_url: repoUrl(state, repo),
    },
    ...{ sha, ref, task, payload, description, environment, original_environment: environment },
    ...{ transient_environment: deployment.transient, production_environment: deployment.production },
    ...{ creator: showUser(state, creator), performed_via_github_app: showAppOrNull(state, app) },
    ...{ created_at: createdAt, updated_at: updatedAt },
  };
}

export function showDeploymentStatus(state: State, repo: Repo, deployment: Deployment, status: DeploymentStatus) {
  const { id, description, environment, logUrl, environmentUrl, creator, app, createdAt } = status;
  const deployment_url = urlOf(state, repo, deployment);
  const url = `${deployment_url}/statuses/${id}`;
  return {
    ...{ id, node_id: nodeId("DeploymentStatus", id), url, deployment_url, repository_url: repoUrl(state, repo) },
    ...{ state: status.state, description, environment, environment_url: environmentUrl, target_url: logUrl },
    ...(logUrl === "" ? {} : { log_url: logUrl }),
    ...{ creator: showUser(state, creator), performed_via_github_app: showAppOrNull(state, app) },
    ...{ created_at: createdAt, updated_at: createdAt },
  };
}
