import type { ValidateRecord } from "../../schemas/stage-record.ts";
import { SlipwayError } from "../errors.ts";
import type { Bundle } from "./bundle.ts";

/** What `validate` packed. A record that succeeded holds it, or it is none. */
export function packedBy({ record }: Bundle<"validate">): NonNullable<ValidateRecord["packed"]> {
  return made("validate", record.packed);
}

/** What a stage that succeeded made. Rejects with HANDOVER_CORRUPT where its record does not hold it. */
export function made<Made>(stage: string, what: Made | undefined): Made {
  if (what !== undefined) return what;
  throw new SlipwayError(
    "HANDOVER_CORRUPT",
    `The record of the stage ${stage} says that it succeeded, and holds nothing`,
  );
}
