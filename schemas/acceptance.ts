import { z } from "zod";
import { CommitId, Person, Timestamp } from "./names.ts";

/** `accepted/<commit>.json`: a person accepts the times of a commit of the registry and of all before it. Written once. */
export const Acceptance = z.object({
  slipway: z.literal(1),
  commit: CommitId.describe("Of the branch registry: dated later than the clock of whoever goes on from it."),
  by: Person,
  at: Timestamp,
  host: z.string().describe("Where it was done: cli."),
});
export type Acceptance = z.infer<typeof Acceptance>;
