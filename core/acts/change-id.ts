import type { Change } from "../../schemas/change.ts";
import { canonicalJson, sha256 } from "../canonical.ts";

/** A change's key: what, of what, and when. That it was done before is told by the model's record. */
export function changeId({ act, model, version, to, at }: Omit<Change, "id" | "slipway">): string {
  return sha256(canonicalJson({ act, model, version, to, at })).slice(0, 32);
}
