import type { ModelRecord } from "../../schemas/model-record.ts";

/** A model's record before its first act: of what is `known`, only who it is and what people say of it stays. */
export function newModel(known: Pick<ModelRecord, "name" | "tags" | "created_at"> & Partial<ModelRecord>): ModelRecord {
  const { hold, archived, withdrawn, deprecated, retired_through, assignments, tagged_at, stages_tagged_at, ...kept } =
    known;
  const nothing = { aliases: {}, stages: {}, latest_version: 0 };
  return { ...kept, slipway: 1, ...nothing, updated_at: known.created_at } as ModelRecord;
}
