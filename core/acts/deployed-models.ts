import type { DeployTarget } from "../../schemas/deploy.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { StageName, VersionNumber } from "../../schemas/names.ts";
import type { DeployedModel, DeployedVersion } from "../deploy/deployed.ts";
import { type Rendering, renderModel } from "../deploy/render.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import { knownVersion } from "./registered.ts";

/** A model in a stage, with its manifests for a cluster. */
export interface RenderedModel {
  deployed: DeployedModel;
  rendering: Rendering;
}

/** A model's manifests by stage, for the stages that the policy describes and that hold a version. Rejects with VERSION_UNKNOWN or RECORD_FORGED. */
export async function renderStages(
  snapshot: RegistrySnapshot,
  record: ModelRecord,
  targets: Readonly<Record<string, DeployTarget>>,
): Promise<Map<StageName, RenderedModel>> {
  const rendered = new Map<StageName, RenderedModel>();
  for (const [stage, target] of Object.entries(targets)) {
    const deployed = await deployedModel(snapshot, record, stage);
    const rendering = deployed && renderModel(target, deployed);
    if (deployed !== undefined && rendering !== undefined) rendered.set(stage, { deployed, rendering });
  }
  return rendered;
}

/** What the registry says of a model in a stage; undefined if the stage holds none of its versions. */
async function deployedModel(
  snapshot: RegistrySnapshot,
  record: ModelRecord,
  stage: StageName,
): Promise<DeployedModel | undefined> {
  const held = record.stages[stage];
  if (held === undefined) return undefined;
  return { model: record.name, stage, live: await versionOf(snapshot, record, held) };
}

async function versionOf(
  snapshot: RegistrySnapshot,
  record: ModelRecord,
  { version, decision }: { version: VersionNumber; decision: string },
): Promise<DeployedVersion> {
  const { manifest } = await knownVersion(snapshot, record, version);
  return { version, decision, artifact: manifest.artifact };
}
