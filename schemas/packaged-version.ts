import { z } from "zod";
import { Artifact, Manifest, Signature } from "./manifest.ts";
import { ModelName } from "./names.ts";
import { StoreChoice } from "./policy.ts";
import { PackedModel } from "./stage-record.ts";

/** `slipway-package.json` of a build context: a version with all that answering by it needs, but for the artifact's bytes. */
export const PackagedVersion = z.object({
  slipway: z.literal(1),
  called: z.string().max(200).describe("What the model is called."),
  model: ModelName.describe("The model's folder in the registry."),
  manifest: Manifest.describe("As the registry has it: it was verified when the context was written."),
  signature: Signature,
  code: PackedModel.describe("What user code may see, as files of the store beside this one."),
  artifact: Artifact,
  store: StoreChoice.optional().describe(
    "Where the artifact is fetched from; absent where its files are beside this one.",
  ),
  pass: z.array(z.string()).describe("Variables that the policy lets the spec hand on."),
  secrets: z.array(z.string()).describe("Variables with the secrets that the policy gives to what predicts."),
});
export type PackagedVersion = z.infer<typeof PackagedVersion>;
