import type { ActSource } from "../../schemas/act-source.ts";
import type { Refusal } from "../../schemas/decision.ts";

/** What an act left in the registry, and where it was asked for. */
interface Done {
  source?: ActSource | undefined;
}

/**
 * Why an act that is heard of late does nothing: what a later comment asked for is done already, and people would find
 * the older wish over the newer one. GitHub numbers a repository's comments as they are written. Undefined if nothing
 * later was done, or where the order cannot be told (a command line, a button).
 */
export function overtaken(source: ActSource | undefined, done: readonly (Done | undefined)[]): Refusal | undefined {
  const later = done.find((each) => isLater(each?.source, source))?.source;
  if (later === undefined) return undefined;
  return {
    code: "OVERTAKEN",
    message: `A later comment was read first, and what it asks for is done: ${later.url ?? `comment ${later.id}`}.`,
    hint: "If this is still wanted, write it again as a new comment.",
  };
}

function isLater(one: ActSource | undefined, other: ActSource | undefined): boolean {
  if (one?.kind !== "comment" || other?.kind !== "comment") return false;
  const sameRepository = one.repository.toLowerCase() === other.repository.toLowerCase();
  return sameRepository && Number(one.id) > Number(other.id);
}
