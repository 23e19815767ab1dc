import { isRetired } from "../../core/promotion/apply-change.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import { invalid } from "./errors.ts";

/** MLflow knows these four; a version is in one of them. A policy's other stages are not seen through its clients. */
const STAGES = ["None", "Staging", "Production", "Archived"] as const;
export type MlflowStage = (typeof STAGES)[number];

/** The policy's stage of the same name. */
export const POLICY_STAGE = { Staging: "staging", Production: "production" } as const;

export function canonicalStage(stage: string): MlflowStage {
  const found = STAGES.find((each) => each.toLowerCase() === stage.toLowerCase());
  if (found !== undefined) return found;
  throw invalid(`Invalid Model Version stage: ${stage}. Value must be one of ${STAGES.join(", ")}.`);
}

/** MLflow's stage of a version. A version in several stages is shown in the one that matters most. */
export function stageOf(record: ModelRecord, version: number): MlflowStage {
  if (record.stages[POLICY_STAGE.Production]?.version === version) return "Production";
  if (record.stages[POLICY_STAGE.Staging]?.version === version) return "Staging";
  return Object.hasOwn(record.archived ?? {}, String(version)) ? "Archived" : "None";
}

/** Whether MLflow's clients see the model, and a version of it. */
export function isSeen(record: ModelRecord, version?: number): boolean {
  if (record.deprecated !== undefined) return false;
  return version === undefined || (version >= 1 && version <= record.latest_version && !isRetired(record, version));
}

/** The greatest version in each stage, of those that are seen. */
export function latestByStage(record: ModelRecord): Map<MlflowStage, number> {
  const latest = new Map<MlflowStage, number>();
  for (const stage of ["Production", "Staging"] as const) {
    const version = record.stages[POLICY_STAGE[stage]]?.version;
    if (version !== undefined && isSeen(record, version) && stageOf(record, version) === stage)
      latest.set(stage, version);
  }
  let toFind = record.archived === undefined ? 1 : 2;
  for (let version = record.latest_version; version > (record.retired_through ?? 0) && toFind > 0; version -= 1) {
    const stage = stageOf(record, version);
    if (latest.has(stage) || !isSeen(record, version)) continue;
    latest.set(stage, version);
    toFind -= 1;
  }
  return latest;
}
