import type { Deployment, DeploymentStatus, Repo, State } from "../state.ts";
import { nodeId, showUser } from "./account.ts";
import { showApp } from "./app.ts";
import { repoUrl } from "./repository.ts";

export function showDeployment(state: State, repo: Repo, deployment: Deployment) {
  const url = `${repoUrl(state, repo)}/deployments/${deployment.id}`;
  return {
    url,
    id: deployment.id,
    node_id: nodeId("Deployment", deployment.id),
    task: deployment.task,
    original_environment: deployment.environment,
    environment: deployment.environment,
    description: deployment.description,
    created_at: deployment.createdAt,
    updated_at: deployment.updatedAt,
    statuses_url: `${url}/statuses`,
    repository_url: repoUrl(state, repo),
    creator: showUser(state, deployment.creator),
    sha: deployment.sha,
    ref: deployment.ref,
    payload: deployment.payload,
    transient_environment: deployment.transient,
    production_environment: deployment.production,
    performed_via_github_app: deployment.app === undefined ? null : showApp(state, deployment.app),
  };
}

export function showDeploymentStatus(state: State, repo: Repo, deployment: Deployment, status: DeploymentStatus) {
  const url = `${repoUrl(state, repo)}/deployments/${deployment.id}`;
  return {
    url: `${url}/statuses/${status.id}`,
    id: status.id,
    node_id: nodeId("DeploymentStatus", status.id),
    state: status.state,
    creator: showUser(state, status.creator),
    description: status.description,
    environment: status.environment,
    target_url: status.logUrl,
    created_at: status.createdAt,
    updated_at: status.createdAt,
    deployment_url: url,
    repository_url: repoUrl(state, repo),
    environment_url: status.environmentUrl,
    ...(status.logUrl === "" ? {} : { log_url: status.logUrl }),
    performed_via_github_app: status.app === undefined ? null : showApp(state, status.app),
  };
}
