import { SlipwayError } from "../errors.ts";

/** What cannot be searched for, in MLflow's words: its clients' users know them. */
export function refuse(message: string): never {
  throw new SlipwayError("SEARCH_INVALID", message);
}
