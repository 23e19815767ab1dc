import type { Change } from "../../schemas/change.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import { canonicalJson, sha256 } from "../canonical.ts";
import { strictlyAfter } from "../clock.ts";
import type { EditPorts } from "./edit-and-publish.ts";
import { said } from "./said.ts";

/** What becomes of a model or a version; when and where follow. */
export type Becoming = Omit<Change, "slipway" | "id" | "model" | "at" | "host">;

/** The record of a change that is made now. Stages and aliases that nothing is said of are left out. */
export function newChange(
  { clock, name }: Pick<EditPorts, "clock" | "name">,
  record: Pick<ModelRecord, "name" | "updated_at">,
  { ends = [], aliases = {}, reason, ...what }: Becoming,
): Change {
  const about = {
    ...{ ...what, model: record.name },
    ...(ends.length === 0 ? {} : { ends }),
    ...(Object.keys(aliases).length === 0 ? {} : { aliases }),
    ...said(reason),
    at: strictlyAfter(clock(), record.updated_at),
    host: name,
  };
  return { slipway: 1, id: changeId(about), ...about };
}

/** A change's key: what, of what, and when. That it was done before is told by the model's record. */
function changeId({ act, model, version, to, at }: Omit<Change, "id" | "slipway">): string {
  return sha256(canonicalJson({ act, model, version, to, at })).slice(0, 32);
}
