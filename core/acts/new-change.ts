import type { Change } from "../../schemas/change.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { TaggerTime } from "../../schemas/names.ts";
import { canonicalJson, sha256 } from "../canonical.ts";
import { timestamp } from "../clock.ts";
import { changeTaggedAt } from "../promotion/tag-times.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import type { EditPorts } from "./edit-and-publish.ts";
import { truncateReason } from "./truncate-reason.ts";

/** What becomes of a model or a version; when and where follow. */
export type Becoming = Omit<Change, "slipway" | "id" | "model" | "at" | "tagged_at" | "host">;

/**
 * The record of a change that is made now, on top of `snapshot`. Stages and aliases that nothing is said of are left out.
 * `taggedAt` is when the version was tagged that is withdrawn.
 */
export function newChange(
  { clock, name }: Pick<EditPorts, "clock" | "name">,
  { commit }: Pick<RegistrySnapshot, "commit">,
  record: ModelRecord,
  { ends = [], aliases = {}, reason, ...what }: Becoming,
  taggedAt?: TaggerTime,
): Change {
  const at = timestamp(clock());
  const tagged_at = changeTaggedAt(at, record, { ...what, ends }, taggedAt);
  const about = {
    ...{ ...what, model: record.name },
    ...(ends.length === 0 ? {} : { ends }),
    ...(Object.keys(aliases).length === 0 ? {} : { aliases }),
    ...truncateReason(reason),
    at,
    ...(tagged_at === undefined ? {} : { tagged_at }),
    host: name,
  };
  return { slipway: 1, id: changeId(about, commit), ...about };
}

/** A change's key: what, of what, and on top of what. That it was done before is told by the model's record. */
function changeId({ act, model, version, to }: Omit<Change, "id" | "slipway">, commit: string | undefined): string {
  return sha256(canonicalJson({ act, model, version, to, commit })).slice(0, 32);
}
