import type { ActId, ActSource } from "../../schemas/act-source.ts";
import { canonicalJson, sha256 } from "../canonical.ts";

/**
 * The key of an act that was asked for on GitHub: it follows from the command's place alone, so that a delivery that
 * comes twice, or a comment that was edited since, is the same act.
 */
export function actId({ kind, repository, id, place }: ActSource): ActId {
  return sha256(canonicalJson({ kind, repository: repository.toLowerCase(), id, place })).slice(0, 32);
}
