import type { Change } from "../../schemas/change.ts";
import type { Person } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import { displayName, isRetired } from "../promotion/apply-change.ts";
import { changedMeanwhile, standingOf } from "../promotion/changed-meanwhile.ts";
import { endStages } from "../promotion/end-stages.ts";
import { changeChange } from "../registry/edits.ts";
import type { Authorize } from "./authorize.ts";
import { type Denied, type EditPorts, editAndPublish } from "./edit-and-publish.ts";
import { newChange } from "./new-change.ts";
import { knownModel, knownVersion } from "./registered.ts";

export interface ChangeVersionOptions {
  model: string;
  version: number;
  /**
   * `withdraw`: it is not to be used any more, and loses its stages and aliases; its number is never used again.
   * `archive`: it leaves its stages for the archive. `unassign`: it leaves its stages and the archive.
   */
  act: "withdraw" | "archive" | "unassign";
  /** Out of this stage alone. */
  stage?: string | undefined;
  reason?: string | undefined;
  /** Where the person saw it stand, as `stateMark` says it: from anywhere else it is not taken. */
  seen?: string | undefined;
  by: Person;
  authorize?: Authorize | undefined;
}

export type ChangeResult =
  | { outcome: "changed"; change: Change }
  /** It is so already. */
  | { outcome: "unchanged" }
  | Denied;

/** Takes a version out of use, as a new record. Rejects with MODEL_UNKNOWN or VERSION_UNKNOWN. */
export async function changeVersion(ports: EditPorts, options: ChangeVersionOptions): Promise<ChangeResult> {
  const { version, act, stage, reason, seen, by, authorize } = options;
  return editAndPublish<ChangeResult>(ports, authorize, async (snapshot) => {
    const record = await knownModel(snapshot, options.model);
    const { name: model } = record;
    const { blob: manifest, manifest: found } = await knownVersion(snapshot, record, version);
    if (isRetired(record, version)) {
      if (act === "withdraw") return { result: { outcome: "unchanged" } };
      throw new SlipwayError("VERSION_UNKNOWN", `${displayName(record)} version ${version} was withdrawn`);
    }
    const inStage = Object.entries(record.stages).some(
      ([each, assigned]) => assigned.version === version && (stage === undefined || each === stage),
    );
    const archived = Object.hasOwn(record.archived ?? {}, String(version));
    if (act !== "withdraw" && !inStage && (stage !== undefined || archived === (act === "archive")))
      return { result: { outcome: "unchanged" } };
    const refusal = changedMeanwhile(seen, standingOf(record, version));
    if (refusal) return { result: { outcome: "denied", refusal } };
    const past = inStage
      ? { decisions: await snapshot.list("decision", model), changes: await snapshot.list("change", model) }
      : { decisions: [], changes: [] };
    const ends = inStage ? endStages(record, past, { version, stage, withdrawn: act === "withdraw" }) : [];
    const aliases = Object.fromEntries(
      Object.entries(record.aliases).filter(([, led]) => act === "withdraw" && led === version),
    );
    const becoming = { act, version, manifest, ends, aliases, reason, by };
    const change = newChange(ports, snapshot, record, becoming, found.tagged_at);
    return { result: { outcome: "changed", change }, change: changeChange(change, record, false) };
  });
}
