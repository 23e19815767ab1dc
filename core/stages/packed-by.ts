import type { ValidateRecord } from "../../schemas/stage-record.ts";
import { SlipwayError } from "../errors.ts";
import type { Bundle } from "./bundle.ts";
import { openPackedModel } from "./packed-model.ts";
import type { RunnableModel } from "./runnable-model.ts";

/** What `validate` packed. A record that succeeded holds it, or it is none. */
export function packedBy({ record }: Bundle<"validate">): NonNullable<ValidateRecord["packed"]> {
  return made("validate", record.packed);
}

/** The model that `validate` packed. `folder` is for what is read of it. Rejects as openPackedModel does. */
export function openModel(validated: Bundle<"validate">, folder: string): Promise<RunnableModel> {
  const facts = made("validate", validated.record.model_file);
  return openPackedModel({ ...facts, tree: packedBy(validated).tree }, validated.store, folder);
}

/** What a stage that succeeded made. Rejects with HANDOVER_CORRUPT where its record does not hold it. */
export function made<Made>(stage: string, what: Made | undefined): Made {
  if (what !== undefined) return what;
  throw new SlipwayError(
    "HANDOVER_CORRUPT",
    `The record of the stage ${stage} says that it succeeded, and holds nothing`,
  );
}
