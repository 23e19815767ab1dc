import type { DeployTarget } from "../../schemas/deploy.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { ModelRecord, StageAssignment } from "../../schemas/model-record.ts";
import type { StageName, VersionNumber } from "../../schemas/names.ts";
import type { DeployedModel, DeployedVersion } from "../deploy/deployed.ts";
import { type Rendering, renderModel } from "../deploy/render.ts";
import { SlipwayError } from "../errors.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import { knownVersion } from "./registered.ts";
import { type RollingOut, recordedRollout } from "./rolling-out.ts";

/**
 * A model's manifests for a cluster in a stage, the newest version that they name, and what is on its way there; or why there are
 * none. Whoever writes them asks for the tags first.
 */
export type RenderedModel =
  | (Extract<Rendering, { outcome: "rendered" }> & { version: VersionNumber; rolling: RollingOut | undefined })
  | Extract<Rendering, { outcome: "refused" }>;

/** A model's manifests by stage, for the stages that the policy describes and that hold a version. */
export async function renderStages(
  snapshot: RegistrySnapshot,
  record: ModelRecord,
  targets: Readonly<Record<string, DeployTarget>>,
): Promise<Map<StageName, RenderedModel>> {
  const rendered = new Map<StageName, RenderedModel>();
  for (const [stage, target] of Object.entries(targets)) {
    const found = await renderInStage(snapshot, record, stage, target);
    if (found !== undefined) rendered.set(stage, found);
  }
  return rendered;
}

async function renderInStage(
  snapshot: RegistrySnapshot,
  record: ModelRecord,
  stage: StageName,
  target: DeployTarget,
): Promise<RenderedModel | undefined> {
  try {
    const held = record.stages[stage];
    if (held === undefined) return undefined;
    const rolling = await recordedRollout(snapshot, record, stage);
    const deployed = await deployedModel(snapshot, record, { stage, held, rolling });
    const rendering = renderModel(target, deployed);
    if (rendering?.outcome !== "rendered") return rendering;
    return { ...rendering, version: (deployed.candidate ?? deployed.live).version, rolling };
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    const { code, message, problems } = error;
    const hint = problems[0]?.hint;
    return { outcome: "refused", refusal: { code, message, ...(hint === undefined ? {} : { hint }) } };
  }
}

/** What the registry says of a model in a stage. Rejects with VERSION_UNKNOWN or RECORD_FORGED. */
async function deployedModel(
  snapshot: RegistrySnapshot,
  record: ModelRecord,
  { stage, held, rolling }: { stage: StageName; held: StageAssignment; rolling: RollingOut | undefined },
): Promise<DeployedModel> {
  const { manifest } = await knownVersion(snapshot, record, held.version);
  const live = versionOf(manifest, held.decision);
  if (rolling === undefined) return { model: record.name, stage, live };
  const { state, plan } = rolling;
  const step = plan.steps[state.step];
  const share = step === undefined || "shadow" in step ? 0 : step.share;
  return { model: record.name, stage, live, candidate: { ...versionOf(rolling.manifest, state.decision), share } };
}

function versionOf({ version, artifact }: Manifest, decision: string): DeployedVersion {
  return { version, decision, artifact };
}
