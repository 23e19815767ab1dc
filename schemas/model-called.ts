import { z } from "zod";
import { CalledName } from "./change.ts";
import { ModelName, Person, Timestamp } from "./names.ts";

/** `names/<name, percent-encoded>.json`: a name that is not the folder's. Written once: old names go on finding the model. */
export const ModelCalled = z.object({
  slipway: z.literal(1),
  name: CalledName,
  model: ModelName.describe("The folder under models/."),
  by: Person,
  at: Timestamp,
});
export type ModelCalled = z.infer<typeof ModelCalled>;
