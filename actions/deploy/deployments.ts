import type { DeploymentStates } from "../../core/deploy/retire-older.ts";
import { SlipwayError } from "../../core/errors.ts";
import { deploymentTask, readDeploymentPayload } from "../../core/promotion/deployment-payload.ts";

export type DeploymentStatusState = "in_progress" | "success" | "failure";

/** GitHub's deployments of the repository. */
export interface DeploymentPort extends DeploymentStates {
  /** A deployment's payload. */
  payload(id: number): Promise<unknown>;
  setStatus(
    id: number,
    status: { state: DeploymentStatusState; description: string; page: string; environmentUrl?: string | undefined },
  ): Promise<void>;
}

/** By GitHub's REST API, with a token that may write deployment statuses. Rejects with REMOTE_FAILED. */
export function githubDeployments(token: string, fullName: string): DeploymentPort {
  const [owner = "", repo = ""] = fullName.split("/");
  const where = { owner, repo };
  const octokit = async () => (await import("@actions/github")).getOctokit(token).rest.repos;
  return {
    payload: async (id) => {
      const repos = await octokit();
      const answer = await repos.getDeployment({ ...where, deployment_id: id }).catch(failed);
      return answer.data.payload;
    },
    setStatus: async (id, { state, description, page, environmentUrl }) => {
      const repos = await octokit();
      const about = { state, description: description.slice(0, 140), log_url: page, auto_inactive: false };
      const url = environmentUrl === undefined ? {} : { environment_url: environmentUrl };
      await repos.createDeploymentStatus({ ...where, deployment_id: id, ...about, ...url }).catch(failed);
    },
    async list({ model, stage }) {
      const repos = await octokit();
      const asked = { ...where, environment: stage, task: deploymentTask(model), per_page: 30 };
      const { data } = await repos.listDeployments(asked).catch(failed);
      return data.filter(({ payload }) => {
        const read = readDeploymentPayload(payload);
        return read?.model === model && read.stage === stage;
      });
    },
    async state(id) {
      const repos = await octokit();
      const asked = { ...where, deployment_id: id, per_page: 1 };
      return (await repos.listDeploymentStatuses(asked).catch(failed)).data[0]?.state;
    },
    async markInactive(id) {
      const repos = await octokit();
      await repos.createDeploymentStatus({ ...where, deployment_id: id, state: "inactive" }).catch(failed);
    },
  };
}

function failed(cause: unknown): never {
  throw new SlipwayError("REMOTE_FAILED", "GitHub's deployments could not be reached, or GitHub refused", {
    found: cause instanceof Error ? cause.message.slice(0, 300) : String(cause),
    hint: "The job needs `permissions: { contents: read, deployments: write }`.",
    cause,
  });
}
