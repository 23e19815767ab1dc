import { z } from "zod";
import { DisplayName } from "./change.ts";
import { ModelName, Person, Timestamp } from "./names.ts";

/** `names/<name, percent-encoded>.json`: a name that is not the folder's. Written once: old names go on finding the model. */
export const ModelDisplayName = z.object({
  slipway: z.literal(1),
  name: DisplayName,
  model: ModelName.describe("The folder under models/."),
  by: Person,
  at: Timestamp,
});
export type ModelDisplayName = z.infer<typeof ModelDisplayName>;
