import type { DeploymentStates } from "../../core/deploy/retire-older.ts";
import type { EventContext } from "../github/event-context.ts";
import { findDeployments } from "./find.ts";

/** The App's own deployments, by GitHub's API. */
export function deploymentStates(context: EventContext): DeploymentStates {
  const { repos } = context.octokit.rest;
  const where = { owner: context.repository.owner, repo: context.repository.name };
  return {
    list: ({ model, stage }) => findDeployments(context, model, stage),
    async state(id) {
      const { data } = await repos.listDeploymentStatuses({ ...where, deployment_id: id, per_page: 1 });
      return data[0]?.state;
    },
    async markInactive(id) {
      await repos.createDeploymentStatus({ ...where, deployment_id: id, state: "inactive" });
    },
  };
}
