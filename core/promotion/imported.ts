import type { Refusal } from "../../schemas/decision.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { StageName } from "../../schemas/names.ts";

/** The stage that takes evaluated versions alone, whatever a policy says. */
const EVALUATED_ALONE: StageName = "production";

/**
 * Why a version that was imported may not go to a stage: nobody measured it, so the policy has to name the stages that
 * take it; and bytes that are elsewhere have no digest that a decision could name.
 */
export function importedRefusals(
  { model, version, imported }: Pick<Manifest, "model" | "version" | "imported">,
  stage: StageName,
  allowed: readonly StageName[],
): Refusal[] {
  const refusals: Refusal[] = [];
  if (stage === EVALUATED_ALONE || !allowed.includes(stage))
    refusals.push({
      code: "NOT_EVALUATED",
      message: `Version ${version} was imported without an evaluation, and ${stage} takes evaluated versions alone.`,
      hint:
        stage === EVALUATED_ALONE
          ? `Let the platform measure it, by the model's spec on the default branch: slipway evaluate ${model}@${version}`
          : `slipway evaluate ${model}@${version}, or allow it in slipway.yaml: register: { imported: [${stage}] }`,
    });
  if (imported?.download !== undefined)
    refusals.push({
      code: "ARTIFACT_NOT_DURABLE",
      message: `The files of version ${version} are at ${imported.download}, and not in the store.`,
      hint: "Upload them through the registry's server before registering them: their digest is then known.",
    });
  return refusals;
}
