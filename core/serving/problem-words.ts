import { SlipwayError } from "../errors.ts";

/** Why something does not answer, in one text: of a program that did not start, with its last lines. */
export function problemWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const found = error instanceof SlipwayError ? error.problems[0]?.found : undefined;
  return found === undefined || error.message.includes(found) ? error.message : `${error.message}: ${found}`;
}
