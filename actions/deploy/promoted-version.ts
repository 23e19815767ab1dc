import { checkedVersion } from "../../core/acts/checked-version.ts";
import { SlipwayError } from "../../core/errors.ts";
import type { DeploymentPayload } from "../../schemas/deployment-payload.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { Signer } from "../../schemas/signer.ts";
import { REMOTE, type RunRepository } from "../job/repository.ts";

/**
 * The version that a deployment is of, if the registry agrees: the stage holds that version, by that decision. Rejects with
 * DEPLOYMENT_OVERTAKEN if the stage holds another version by now, MODEL_UNKNOWN, USAGE if the payload names another artifact,
 * and RECORD_FORGED or TAG_UNTRUSTED if the registry cannot be trusted.
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
  if (artifact_sha256 === sha256) return manifest;
  throw new SlipwayError("USAGE", "The deployment is of another artifact than the version has", {
    expected: `sha256 ${sha256}`,
    found: `sha256 ${artifact_sha256}`,
  });
}
