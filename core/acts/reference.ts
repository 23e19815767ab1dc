import type { ModelRecord } from "../../schemas/model-record.ts";
import type { StageName, VersionNumber } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import { own } from "../gates/gate-evidence.ts";
import { calledName } from "../promotion/apply-change.ts";
import { currentAssignment } from "../promotion/assign-stage.ts";

/** A model, or one of its versions, as people name it. */
export interface Reference {
  model: string;
  version?: number;
  /** Or `latest`; a stage's name where there is no such alias. */
  alias?: string;
  stage?: string;
}

/** The version that is meant, and the stage that led to it; undefined where a model alone is named. Throws VERSION_UNKNOWN. */
export function referred(
  record: ModelRecord,
  { version, alias, stage }: Reference,
): { version: VersionNumber; stage?: StageName } | undefined {
  if (version !== undefined) return { version };
  const called = calledName(record);
  const led = alias === "latest" ? record.latest_version : own(record.aliases, alias ?? "");
  if (led !== undefined) return { version: led };
  const named = stage ?? alias;
  if (named === undefined) return undefined;
  const held = currentAssignment(record, named);
  if (held !== undefined) return { version: held.version, stage: named };
  if (stage === undefined)
    throw new SlipwayError("VERSION_UNKNOWN", `${called} has no alias ${alias}`, {
      expected: `an alias: ${Object.keys(record.aliases).join(", ") || "there is none"}`,
      found: named,
      hint: `slipway alias ${record.name} ${alias} ${Math.max(record.latest_version, 1)}`,
    });
  throw new SlipwayError("VERSION_UNKNOWN", `no version of ${called} is in ${stage}`, {
    expected: `a stage with a version: ${Object.keys(record.stages).join(", ") || "none has one"}`,
    found: stage,
    hint: `slipway promote ${record.name} ${stage}`,
  });
}

export function referredVersion(record: ModelRecord, reference: Reference): VersionNumber | undefined {
  return referred(record, reference)?.version;
}
