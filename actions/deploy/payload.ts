import { z } from "zod";
import { checkedVersion } from "../../core/acts/checked-version.ts";
import { SlipwayError } from "../../core/errors.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import { ModelName, Sha256, StageName, VersionNumber } from "../../schemas/names.ts";
import type { Signer } from "../../schemas/signer.ts";
import { REMOTE, type RunRepository } from "../job/repository.ts";

/** What the App puts into a GitHub Deployment: which decision it carries out. */
export const DeploymentPayload = z.object({
  slipway: z.literal(1),
  model: ModelName,
  version: VersionNumber,
  stage: StageName,
  decision: z.string().regex(/^[0-9a-f]{16,64}$/),
  artifact_sha256: Sha256.optional(),
});
export type DeploymentPayload = z.infer<typeof DeploymentPayload>;

/** Reads a deployment's payload, which may come as text. Rejects with USAGE: anybody with the right may create one. */
export function readPayload(payload: unknown): DeploymentPayload {
  const parsed = DeploymentPayload.safeParse(typeof payload === "string" ? parsedJson(payload) : payload);
  if (parsed.success) return parsed.data;
  throw new SlipwayError("USAGE", "The deployment is not one of Slipway's", {
    expected: "the payload {slipway: 1, model, version, stage, decision} of a promotion",
    found: "another payload",
  });
}

/**
 * The version that the deployment is of, where the registry agrees: the stage holds that version, by that decision. Rejects
 * with DEPLOYMENT_OVERTAKEN where it holds another by now, MODEL_UNKNOWN, or RECORD_FORGED and TAG_UNTRUSTED where the registry
 * is not to be believed.
 */
export async function promotedVersion(
  { registry, objects }: Pick<RunRepository, "registry" | "objects">,
  { model, version, stage, decision, artifact_sha256 }: DeploymentPayload,
  signers: readonly Signer[],
): Promise<Manifest> {
  const snapshot = await registry.snapshot();
  const record = await snapshot.model(model);
  if (!record) throw new SlipwayError("MODEL_UNKNOWN", `${model} is not in the registry`);
  const held = record.stages[stage];
  if (held?.version !== version || held.decision !== decision) {
    throw new SlipwayError(
      "DEPLOYMENT_OVERTAKEN",
      `${stage} does not hold version ${version} of ${model} by this decision`,
      {
        expected: `version ${version} by decision ${decision}`,
        found: held ? `version ${held.version} by decision ${held.decision}` : "no version",
        hint: "A later promotion or rollback has a deployment of its own; there is nothing to do for this one.",
      },
    );
  }
  const ports = { registry, objects, remote: REMOTE };
  const { manifest } = await checkedVersion(ports, { model, stage }, { snapshot, signers });
  const { sha256 } = manifest.artifact;
  if (artifact_sha256 === undefined || artifact_sha256 === sha256) return manifest;
  throw new SlipwayError("USAGE", "The deployment is of another artifact than the version has", {
    expected: `sha256 ${sha256}`,
    found: `sha256 ${artifact_sha256}`,
  });
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
