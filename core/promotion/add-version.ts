import type { Manifest } from "../../schemas/manifest.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import { laterOf } from "../clock.ts";
import { withTags } from "./tag-times.ts";

/** The model's record with one more version; everything else in it survives. `record` is undefined before the first. */
export function withVersion(record: ModelRecord | undefined, manifest: Manifest): ModelRecord {
  const { model, version, registered_at: at, imported, description, tagged_at } = manifest;
  const next: ModelRecord = {
    slipway: 1,
    name: model,
    tags: {},
    aliases: {},
    stages: {},
    created_at: at,
    ...record,
    // What was deprecated is made again.
    ...(record?.deprecated === undefined ? {} : { created_at: at }),
    // A spec describes the model; who imports a version describes that version.
    ...(description === undefined || imported ? {} : { description }),
    latest_version: version,
    updated_at: record === undefined ? at : laterOf(at, record.updated_at),
  };
  // GTO shows a model again with its next version.
  delete next.deprecated;
  return withTags(next, tagged_at);
}
