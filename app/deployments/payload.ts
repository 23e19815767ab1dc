import { z } from "zod";
import type { Decision } from "../../schemas/decision.ts";
import { ModelName, Sha256, StageName, VersionNumber } from "../../schemas/names.ts";

/** What a deployment of ours carries: everything that a deploy job needs to find the version, and to check its bytes. */
export const DeploymentPayload = z.object({
  slipway: z.literal(1),
  model: ModelName,
  version: VersionNumber,
  stage: StageName,
  decision: z.string().regex(/^[0-9a-f]{16,64}$/),
  artifact_sha256: Sha256,
});
export type DeploymentPayload = z.infer<typeof DeploymentPayload>;

export function payloadOf({ id, model, version, stage, artifact_sha256 }: Decision): DeploymentPayload {
  return { slipway: 1, model, version, stage, decision: id, artifact_sha256 };
}

/** GitHub may hand a payload on as the text that it was sent as. Undefined for somebody else's. */
export function readPayload(payload: unknown): DeploymentPayload | undefined {
  try {
    return DeploymentPayload.safeParse(typeof payload === "string" ? JSON.parse(payload) : payload).data;
  } catch {
    return undefined;
  }
}

/** One task a model: GitHub then tells the deployments of several models to one environment apart. */
export function taskOf(model: ModelName): string {
  return `slipway:${model}`;
}
