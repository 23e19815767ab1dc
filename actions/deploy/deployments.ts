import { SlipwayError } from "../../core/errors.ts";

export type DeploymentStatusState = "in_progress" | "success" | "failure";

/** GitHub's deployments of the repository. */
export interface DeploymentPort {
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
  const octokit = async () => (await import("@actions/github")).getOctokit(token).rest.repos;
  return {
    payload: async (id) => {
      const repos = await octokit();
      const answer = await repos.getDeployment({ owner, repo, deployment_id: id }).catch(failed);
      return answer.data.payload;
    },
    setStatus: async (id, { state, description, page, environmentUrl }) => {
      const repos = await octokit();
      const about = { state, description: description.slice(0, 140), log_url: page, auto_inactive: false };
      const url = environmentUrl === undefined ? {} : { environment_url: environmentUrl };
      await repos.createDeploymentStatus({ owner, repo, deployment_id: id, ...about, ...url }).catch(failed);
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
