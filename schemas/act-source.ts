import { z } from "zod";
import { CommitId, Sha256 } from "./names.ts";

/**
 * Where a person asked for an act. Kind, repository, id and place are the act's key: the same command read twice is one act,
 * whatever became of the comment since, and so is a form that is sent twice.
 */
export const ActSource = z.object({
  kind: z
    .enum(["comment", "button", "form", "monitor", "policy"])
    .describe(
      "On GitHub a comment or a check's button; of a portal a form; monitor: no person, but what labels said; policy: no person, but what slipway.yaml asks for.",
    ),
  repository: z
    .string()
    .max(200)
    .regex(/^[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/)
    .describe("owner/name; of a plain repository local/ and its folder's name."),
  issue: z.int().min(1).optional().describe("The number of the pull request or issue."),
  id: z
    .string()
    .min(1)
    .max(200)
    .describe(
      "The comment's id; of a button, the delivery's; of a form, the token that was made for it and counts once; of monitoring, that of the decision that put the version into its stage; of the policy, the version and the stage.",
    ),
  place: z.int().min(0).describe("Which command of the comment, from 0."),
  body_sha256: Sha256.optional().describe("The comment as it was read: editing it later changes nothing."),
  url: z.string().max(500).optional(),
  commit: CommitId.optional().describe("Of monitoring: the commit of the branch monitoring whose records it rests on."),
});
export type ActSource = z.infer<typeof ActSource>;

/** An act's key, and the file name of what it records: see core/promotion/act-id.ts. */
export const ActId = z.string().regex(/^[0-9a-f]{32}$/);
export type ActId = z.infer<typeof ActId>;
