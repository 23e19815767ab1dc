import type { ModelRecord } from "../../schemas/model-record.ts";
import type { StageName, VersionNumber } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import { own } from "../gates/gate-evidence.ts";
import { displayName } from "../promotion/apply-change.ts";
import { currentAssignment } from "../promotion/assign-stage.ts";

/** A model, or one of its versions, as people name it. */
export interface Reference {
  model: string;
  version?: number | undefined;
  /** Or `latest`; or a stage's name. An alias and a stage of one name have to lead to the same version. */
  alias?: string | undefined;
  stage?: string | undefined;
}

/** The version that is meant, and the stage that led to it; undefined where a model alone is named. Throws VERSION_UNKNOWN. */
export function referred(
  record: ModelRecord,
  { version, alias, stage }: Reference,
): { version: VersionNumber; stage?: StageName } | undefined {
  if (version !== undefined) return { version };
  const called = displayName(record);
  const led = alias === "latest" ? record.latest_version : own(record.aliases, alias ?? "");
  const named = stage ?? alias;
  const held = named === undefined ? undefined : currentAssignment(record, named);
  if (led !== undefined) {
    if (held !== undefined && held.version !== led) refuseAmbiguous(record, named ?? "", led, held.version);
    return { version: led };
  }
  if (named === undefined) return undefined;
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

/** Neither may win in silence: `pull penguins@production` would bring what is not live, or what no client of MLflow gets. */
function refuseAmbiguous(record: ModelRecord, name: string, alias: VersionNumber, stage: VersionNumber): never {
  const called = displayName(record);
  throw new SlipwayError("VERSION_UNKNOWN", `${called}@${name} may be one of two versions`, {
    expected: "an alias that is no stage's name, or one on the version that is in the stage",
    found: `the alias ${name} on version ${alias}, the stage ${name} with version ${stage}`,
    hint: `name the stage: '${called}#${name}', or the version: ${called}@${alias}`,
  });
}

export function referredVersion(record: ModelRecord, reference: Reference): VersionNumber | undefined {
  return referred(record, reference)?.version;
}
