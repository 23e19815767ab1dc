import type { Manifest } from "../../schemas/manifest.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { BlobId } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import { type EvaluatedVersion, withEvaluation } from "../promotion/evaluated.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";

/** The record of the model that is called so, or was: its `name` is what to ask further by. Rejects with MODEL_UNKNOWN, naming what is there. */
export async function knownModel(snapshot: RegistrySnapshot, model: string): Promise<ModelRecord> {
  const folder = await snapshot.find(model);
  const record = folder === undefined ? undefined : await snapshot.model(folder);
  if (record) return record;
  const names = await snapshot.models({ limit: 10 });
  throw new SlipwayError("MODEL_UNKNOWN", `${model} is not in the registry`, {
    expected: names.length > 0 ? `a registered model: ${names.join(", ")}` : "a registered model; there is none yet",
    found: model,
    hint: `slipway register ${model}`,
  });
}

/** A version as decisions see it: what was imported has its newest evaluation. Undefined where there is none. */
export async function evaluatedVersion(
  snapshot: RegistrySnapshot,
  model: string,
  version: number,
): Promise<EvaluatedVersion | undefined> {
  const found = await snapshot.manifest(model, version);
  return found && withLastEvaluation(snapshot, found);
}

/** The same of a manifest that was read. */
export async function withLastEvaluation(
  snapshot: RegistrySnapshot,
  found: { manifest: Manifest; blob: BlobId },
): Promise<EvaluatedVersion> {
  const { model, version, imported } = found.manifest;
  return withEvaluation(found, imported && (await snapshot.lastEvaluation(model, version)));
}

/** A version's manifest and its blob; the latest version where none is named. Rejects with VERSION_UNKNOWN, or RECORD_FORGED where it is another's. */
export async function knownVersion(
  snapshot: RegistrySnapshot,
  record: ModelRecord,
  version = record.latest_version,
): Promise<{ manifest: Manifest; blob: BlobId }> {
  const found = await snapshot.manifest(record.name, version);
  if (found?.manifest.model === record.name && found.manifest.version === version) return found;
  if (found !== undefined)
    throw new SlipwayError("RECORD_FORGED", `${record.name} version ${version} has the manifest of another version`, {
      found: `${found.manifest.model} version ${found.manifest.version}`,
      hint: "Only slipway writes the branch registry. `slipway verify` lists what is wrong.",
    });
  throw new SlipwayError("VERSION_UNKNOWN", `${record.name} has no version ${version}`, {
    expected: record.latest_version > 0 ? `a version from 1 to ${record.latest_version}` : "a registered version",
    found: String(version),
    hint: `slipway show ${record.name}`,
  });
}
