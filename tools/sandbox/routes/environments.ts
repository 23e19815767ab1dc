import type { Call } from "../http/call.ts";
import { notFound } from "../http/refusal.ts";
import type { AddRoute } from "../http/serve-api.ts";
import { nodeId } from "../views/links.ts";
import { repoUrl } from "../views/repository.ts";

const READ = { app: ["actions:read"], person: "read" } as const;

/** Environments as the runner has them: each lets in the branches that it names, by a rule for each. */
export function environmentRoutes(on: AddRoute): void {
  on("GET environments/:environment", READ, (call) => {
    branchesOf(call);
    const name = call.param("environment");
    const url = `${repoUrl(call.state, call.repo)}/environments/${name}`;
    return {
      ...{ id: 1, node_id: nodeId("Environment", 1), name, url, html_url: url, protection_rules: [] },
      ...{ created_at: call.repo.createdAt, updated_at: call.repo.createdAt },
      deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
    };
  });
  on("GET environments/:environment/deployment-branch-policies", READ, (call) => {
    const policies = branchesOf(call).map((name, at) => {
      return { id: at + 1, node_id: nodeId("DeploymentBranchPolicy", at + 1), name, type: "branch" };
    });
    return { total_count: policies.length, branch_policies: policies };
  });
}

function branchesOf(call: Call): readonly string[] {
  const branches = call.state.runner?.branchesInto(call.repo, call.param("environment"));
  if (branches === undefined) throw notFound();
  return branches;
}
