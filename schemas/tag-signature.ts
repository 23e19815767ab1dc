import { z } from "zod";
import { ModelName, StageName, VersionNumber } from "./names.ts";

/** What a tag's signature says, by the policy's `signers`. */
export const TagSignature = z.object({
  state: z
    .enum(["signed", "unsigned", "untrusted", "forged"])
    .describe(
      "signed: by a key that the policy names, or by any where it names none. unsigned: none is asked for. untrusted: not by whom the policy names, or not at all where it names somebody. forged: the signature is wrong.",
    ),
  by: z.string().optional().describe("The signer's name in the policy."),
  key: z.string().optional().describe("The key that signed, by its fingerprint: SHA256:…"),
  why: z.string().optional().describe("What is wrong with it."),
});
export type TagSignature = z.infer<typeof TagSignature>;

/** The tag of a version, or of its way into a stage, and what its signature says. */
export const SignedTag = TagSignature.extend({
  tag: z.string(),
  model: ModelName,
  version: VersionNumber,
  stage: StageName.optional().describe("Absent for the version's own tag."),
});
export type SignedTag = z.infer<typeof SignedTag>;
