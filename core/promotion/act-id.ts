import type { ActId, ActSource } from "../../schemas/act-source.ts";
import { canonicalJson, sha256 } from "../canonical.ts";

/**
 * The key of an act that was asked for on GitHub: it follows from the command's place alone, so that a delivery that
 * comes twice, or a comment that was edited since, is the same act. What no person asks for is one act in every clone, whatever
 * that one's folder is called.
 */
export function actId({ kind, repository, id, place }: ActSource): ActId {
  const isOfEachClone = kind === "policy" || kind === "monitor";
  const where = isOfEachClone ? {} : { repository: repository.toLowerCase() };
  return sha256(canonicalJson({ kind, ...where, id, place })).slice(0, 32);
}
