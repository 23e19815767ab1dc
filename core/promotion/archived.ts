import type { ModelRecord } from "../../schemas/model-record.ts";
import type { Timestamp } from "../../schemas/names.ts";

/**
 * The record's archive after its stages became `stages`: what left its last stage is archived since `at`, and what is in
 * a stage is not.
 */
export function archivedAfter(
  record: Pick<ModelRecord, "archived" | "stages">,
  stages: ModelRecord["stages"],
  at: Timestamp,
): Record<string, Timestamp> {
  const now = new Set(Object.values(stages).map(({ version }) => String(version)));
  const left = Object.values(record.stages).map(({ version }) => [String(version), at]);
  return Object.fromEntries(
    [...left, ...Object.entries(record.archived ?? {})].filter(([version]) => !now.has(version as string)),
  );
}
