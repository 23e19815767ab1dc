import { z } from "zod";
import { VersionNumber } from "./names.ts";

/**
 * `models/<name>/registrations/<source commit>.json`: which version was registered from a commit.
 * Its fixed path is what makes registering twice registering once.
 */
export const Registration = z.object({
  slipway: z.literal(1),
  version: VersionNumber,
});
export type Registration = z.infer<typeof Registration>;
