import type { ArtifactCheck, Refusal } from "../../schemas/decision.ts";
import type { VersionNumber } from "../../schemas/names.ts";

/** A version without its bytes goes nowhere. Where it could not be told, the decision says so and goes on. */
export function artifactRefusals({ outcome }: ArtifactCheck, model: string, version: VersionNumber): Refusal[] {
  if (outcome !== "missing" && outcome !== "corrupt") return [];
  const lacks = outcome === "missing" ? "is missing in" : "is not whole in";
  return [
    {
      code: "ARTIFACT_NOT_STORED",
      message: `The artifact of ${model} version ${version} ${lacks} the store.`,
      hint: "`slipway verify` names what is missing. Bring it back from a copy of the store, or register the model again.",
    },
  ];
}
