import { z } from "zod";

/** A rule of a ruleset, of the types that are enforced here; any other type is refused when it is created. */
export const Rule = z.discriminatedUnion("type", [
  z.object({ type: z.enum(["creation", "deletion", "non_fast_forward"]) }),
  z.object({
    type: z.literal("update"),
    parameters: z.object({ update_allows_fetch_and_merge: z.boolean() }).optional(),
  }),
  z.object({
    type: z.literal("required_status_checks"),
    parameters: z.object({
      strict_required_status_checks_policy: z.boolean(),
      required_status_checks: z.array(z.object({ context: z.string(), integration_id: z.int().optional() })),
    }),
  }),
]);
export type Rule = z.infer<typeof Rule>;
