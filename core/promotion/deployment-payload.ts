import type { Decision } from "../../schemas/decision.ts";
import { DeploymentPayload } from "../../schemas/deployment-payload.ts";
import type { ModelName } from "../../schemas/names.ts";

/** The payload of the GitHub Deployment that a decision calls for. */
export function deploymentPayload({ id, model, version, stage, artifact_sha256 }: Decision): DeploymentPayload {
  return { slipway: 1, model, version, stage, decision: id, artifact_sha256 };
}

/** The inverse; undefined for another tool's payload. GitHub may hand a payload on as the text that it was sent as. */
export function readDeploymentPayload(payload: unknown): DeploymentPayload | undefined {
  try {
    return DeploymentPayload.safeParse(typeof payload === "string" ? JSON.parse(payload) : payload).data;
  } catch {
    return undefined;
  }
}

/** The task of a model's deployments: GitHub tells the models that are deployed to one environment apart by it. */
export function deploymentTask(model: ModelName): string {
  return `slipway:${model}`;
}
