import { join } from "node:path";
import type { Manifest } from "../../schemas/manifest.ts";
import type { PackedVersion } from "../../schemas/stage-record.ts";
import { SlipwayError } from "../errors.ts";
import { carryArtifact } from "./carry-artifact.ts";
import { packModel } from "./packed-model.ts";
import { problemOf } from "./run-record.ts";
import type { LoadedRun, RunSource } from "./run-source.ts";
import type { StageWork } from "./run-stage.ts";

/**
 * The versions that a run is compared with and whose kept predictions do not serve, each with its own code and artifact, or
 * with the reason why it cannot be packed: that is the comparison's to say, and fails nothing here.
 */
export async function packVersions(
  source: RunSource,
  loaded: LoadedRun,
  stage: StageWork<"validate">,
): Promise<PackedVersion[]> {
  const { stages } = await source.compared();
  const versions = new Map(stages.flatMap(({ live }) => (live ? [[live.version, live] as const] : [])));
  const packed: PackedVersion[] = [];
  const { prepared } = await source.data();
  for (const live of versions.values()) {
    if (await source.kept(live, prepared)) continue;
    packed.push(await packVersion(source, loaded, live, stage));
  }
  return packed;
}

async function packVersion(
  source: RunSource,
  loaded: LoadedRun,
  live: Manifest,
  { store, kept, work }: StageWork<"validate">,
): Promise<PackedVersion> {
  const { version, artifact } = live;
  const scratch = join(work.private, `version-${version}`);
  try {
    refuseUnevaluated(live);
    const model = await source.modelOf(live);
    // Whoever predicts with it hashes it.
    const isHere = (await kept.has(artifact)) === "ok";
    if (!isHere) await carryArtifact(artifact, loaded.store, kept, join(scratch, "artifact"));
    return { version, model: await packModel(model, store, join(scratch, "code")), artifact };
  } catch (error) {
    if (!(error instanceof SlipwayError) || error.code === "INTERRUPTED") throw error;
    return { version, problem: problemOf(error) };
  }
}

/** What was imported has no program that is known to predict with it, until somebody evaluated it. */
export function refuseUnevaluated({ version, imported, evaluation }: Manifest): void {
  if (!imported || evaluation.binding) return;
  throw new SlipwayError("NOT_EVALUATED", `version ${version} was imported, and nobody evaluated it yet`);
}
