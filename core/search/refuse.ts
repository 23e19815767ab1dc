import { SlipwayError } from "../errors.ts";

/** What cannot be searched for, in MLflow's words: its clients' users know them. */
export function refuse(message: string): never {
  throw new SlipwayError("SEARCH_INVALID", message);
}

/** A set of texts, as Python shows it. */
export function pythonSet(items: readonly string[]): string {
  return `{${items.map((item) => `'${item}'`).join(", ")}}`;
}
