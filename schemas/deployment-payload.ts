import { z } from "zod";
import { Decision } from "./decision.ts";

/** What a GitHub Deployment of a promotion carries: the decision, and what a deploy job needs to check the bytes. */
export const DeploymentPayload = z.object({
  slipway: z.literal(1),
  ...Decision.pick({ model: true, version: true, stage: true }).shape,
  decision: Decision.shape.id.describe("The id of the decision that it carries out."),
  artifact_sha256: Decision.shape.artifact_sha256,
});
export type DeploymentPayload = z.infer<typeof DeploymentPayload>;
