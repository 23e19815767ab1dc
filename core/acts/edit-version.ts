import type { Person } from "../../schemas/names.ts";
import type { VersionMetadata } from "../../schemas/version-metadata.ts";
import { laterOf, timestamp } from "../clock.ts";
import { SlipwayError } from "../errors.ts";
import { displayName, isRetired } from "../promotion/apply-change.ts";
import { changedMeanwhile, editedPart } from "../promotion/changed-meanwhile.ts";
import { versionEdit } from "../registry/edits.ts";
import { checkedDescription, withLabel, withoutKey } from "../registry/labels.ts";
import type { Authorize } from "./authorize.ts";
import { type Denied, type EditPorts, editAndPublish } from "./edit-and-publish.ts";
import { knownModel, knownVersion } from "./registered.ts";

/** What is said of a version. */
export type VersionEdit =
  | { act: "describe"; description: string }
  | { act: "tag"; key: string; value: string }
  | { act: "untag"; key: string };

export interface EditVersionOptions {
  model: string;
  version: number;
  edit: VersionEdit;
  /** The state that the person saw, as `stateMark` says it: of another one nothing is written over. */
  seen?: string | undefined;
  by: Person;
  authorize?: Authorize | undefined;
}

export type EditVersionResult = { outcome: "changed" | "unchanged" } | Denied;

/**
 * Says something about a version, in a record beside its manifest: that stays as it is. The same again is nothing to do.
 * Rejects with MODEL_UNKNOWN, VERSION_UNKNOWN (also once it is withdrawn) or LABEL_INVALID.
 */
export async function editVersion(ports: EditPorts, options: EditVersionOptions): Promise<EditVersionResult> {
  const { version, edit, seen, by, authorize } = options;
  return editAndPublish<EditVersionResult>(ports, authorize, async (snapshot) => {
    const record = await knownModel(snapshot, options.model);
    const { name: model } = record;
    const { manifest } = await knownVersion(snapshot, record, version);
    if (isRetired(record, version))
      throw new SlipwayError("VERSION_UNKNOWN", `${displayName(record)} version ${version} was withdrawn`);
    const at = timestamp(ports.clock());
    const said = await snapshot.read({ kind: "metadata", model, version });
    const next = edited(
      said ?? { slipway: 1, model, version, tags: {}, updated_at: manifest.registered_at },
      edit,
      manifest.description,
      laterOf(at, record.updated_at),
    );
    if (next === undefined) return { result: { outcome: "unchanged" } };
    const refusal = changedMeanwhile(seen, editedPart(said, edit.act));
    if (refusal) return { result: { outcome: "denied", refusal } };
    const subject = subjectOf(edit, `${displayName(record)} version ${version}`);
    const change = versionEdit(next, edit.act, subject, { by, at, host: ports.name });
    return { result: { outcome: "changed" }, change };
  });
}

function edited(
  metadata: VersionMetadata,
  edit: VersionEdit,
  first: string | undefined,
  at: string,
): VersionMetadata | undefined {
  switch (edit.act) {
    case "describe":
      if (edit.description === (metadata.description ?? first ?? "")) return undefined;
      return { ...metadata, description: checkedDescription(edit.description), updated_at: at };
    case "tag":
      if (Object.hasOwn(metadata.tags, edit.key) && metadata.tags[edit.key] === edit.value) return undefined;
      return { ...metadata, tags: withLabel(metadata.tags, edit.key, edit.value) };
    case "untag":
      if (!Object.hasOwn(metadata.tags, edit.key)) return undefined;
      return { ...metadata, tags: withoutKey(metadata.tags, edit.key) };
  }
}

function subjectOf(edit: VersionEdit, version: string): string {
  if (edit.act === "describe") return `Describe ${version}`;
  return edit.act === "tag" ? `Tag ${version} with ${edit.key}` : `Remove the tag ${edit.key} from ${version}`;
}
