import { randomBytes } from "node:crypto";
import type { Artifact, Imported, Manifest } from "../../schemas/manifest.ts";
import { NO_PARAMS, type Person, type TaggerTime, type Timestamp } from "../../schemas/names.ts";
import { canonicalJson, sha256 } from "../canonical.ts";
import { timestamp } from "../clock.ts";
import { versionTaggedAt } from "../promotion/tag-times.ts";
import { checkedDescription, withLabel } from "../registry/labels.ts";
import { registrationChange } from "../registry/records.ts";
import type { Authorize } from "./authorize.ts";
import { type Denied, type EditPorts, editAndPublish } from "./edit-and-publish.ts";
import { knownModel } from "./registered.ts";

export interface ImportOptions {
  model: string;
  imported: Omit<Imported, "act">;
  /** Its files in the store, durable already; absent where they are elsewhere, at `imported.download`. */
  artifact?: Artifact | undefined;
  description?: string | undefined;
  tags?: Readonly<Record<string, string>> | undefined;
  by: Person;
  authorize?: Authorize | undefined;
}

/**
 * Registers what somebody imports, without a run of the platform's: a version that nothing was measured of. Twice is
 * two versions, as MLflow has it. Rejects with MODEL_UNKNOWN or LABEL_INVALID.
 */
export async function importVersion(
  ports: EditPorts,
  options: ImportOptions,
): Promise<{ outcome: "registered"; manifest: Manifest } | Denied> {
  const { authorize, description } = options;
  const imported: Imported = { act: randomBytes(16).toString("hex"), ...options.imported };
  let labels: Record<string, string> = {};
  for (const [key, value] of Object.entries(options.tags ?? {})) labels = withLabel(labels, key, value);
  if (description !== undefined) checkedDescription(description);
  let tried: number | undefined;
  return editAndPublish(ports, authorize, async (snapshot) => {
    const record = await knownModel(snapshot, options.model);
    const { name: model, latest_version } = record;
    // A connection that broke after the push: the version that was tried, or one after it, is this act's own.
    for (let number = tried ?? latest_version + 1; number <= latest_version; number += 1) {
      const { manifest } = (await snapshot.manifest(model, number)) ?? {};
      if (manifest?.imported?.act === imported.act) return { result: { outcome: "registered", manifest } };
    }
    const version = latest_version + 1;
    tried ??= version;
    const at = timestamp(ports.clock());
    const tagged = versionTaggedAt(at, record);
    const manifest = importedManifest({ model, version, at, tagged, host: ports.name }, { ...options, imported });
    const metadata =
      Object.keys(labels).length === 0
        ? undefined
        : ({ slipway: 1, model, version, tags: labels, updated_at: at } as const);
    return {
      result: { outcome: "registered", manifest },
      change: registrationChange({ manifest, record, metadata }),
    };
  });
}

/** Git's own way to say that there is no object. */
const NONE = "0".repeat(40);
const EMPTY = sha256("");
/** A folder without a file, as the store would list it. */
const NO_FILES = sha256(canonicalJson([]));

interface Registered {
  at: Timestamp;
  tagged: TaggerTime;
  host: string;
}

/** Where a run would have found something, there is nothing; and the evaluation binds nobody. */
function importedManifest(
  { model, version, at, tagged, host }: Registered & { model: string; version: number },
  { imported, artifact, description, by }: ImportOptions & { imported: Imported },
): Manifest {
  const test = { sha256: EMPTY, rows: 0, files: [] };
  const bytes = artifact ?? { uri: imported.download ?? imported.source, sha256: NO_FILES, size: 0, files: [] };
  return {
    slipway: 1,
    ...{ model, version },
    ...(description ? { description } : {}),
    task: "custom",
    source: { commit: NONE, spec: "", spec_blob: NONE },
    fingerprint: sha256(canonicalJson({ imported, artifact: bytes.sha256 })),
    artifact: bytes,
    ...(artifact ? { bytes: { outcome: "checked", by: host } } : {}),
    artifact_from: "imported",
    predictions: { uri: "none:", sha256: EMPTY, size: 0 },
    data: { test },
    params: NO_PARAMS,
    seed: 0,
    environment: { locks: [], runtime: { platform: "unknown", arch: "unknown", programs: {} } },
    evaluation: {
      ...{ slipway: 1, task: "custom", binding: false, test, labels: "reachable", values: "exact" },
      ...{ metrics: {}, slices: [], comparisons: [] },
      method: { name: "none", unit: "row", units: 0 },
      evaluated_at: at,
      seconds: { predict: 0, score: 0 },
    },
    gates: [],
    registered_at: at,
    tagged_at: tagged,
    registered_by: by,
    imported,
  };
}
