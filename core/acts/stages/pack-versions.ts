import { join } from "node:path";
import type { Manifest } from "../../../schemas/manifest.ts";
import type { CommitId } from "../../../schemas/names.ts";
import type { PackedVersion } from "../../../schemas/stage-record.ts";
import { SlipwayError } from "../../errors.ts";
import { packModel } from "../../stages/packed-model.ts";
import { problemOf } from "../../stages/run-record.ts";
import type { ArtifactStore } from "../../stores/store.ts";
import { type CandidateRows, keptRows } from "../compare-versions.ts";
import { comparedStages, type StageGate } from "../judge.ts";
import type { Ports } from "../ports.ts";
import { modelOf } from "../project.ts";
import { evaluatedVersion } from "../registered.ts";

export interface VersionSource extends Pick<Ports, "objects" | "registry" | "store"> {
  /** Brings a commit's files here, where they are not yet. */
  bring(commit: CommitId): Promise<void>;
}

/**
 * The versions that a run is compared with and whose kept predictions do not serve, each with its own code and artifact, or
 * with the reason why it cannot be packed: that is the comparison's to say, and fails nothing here.
 */
export async function packVersions(
  source: VersionSource,
  candidate: { model: string; gates: readonly StageGate[] } & Pick<CandidateRows, "prepared" | "spec" | "folder">,
  bundle: ArtifactStore,
): Promise<PackedVersion[]> {
  const snapshot = await source.registry.snapshot();
  const { stages } = await comparedStages(snapshot, candidate.model, candidate.gates);
  const record = await snapshot.model(candidate.model);
  const versions = new Set(stages.flatMap((stage) => record?.stages[stage]?.version ?? []));
  const packed: PackedVersion[] = [];
  for (const version of versions) {
    const live = (await evaluatedVersion(snapshot, candidate.model, version))?.manifest;
    if (live === undefined || (await keptRows(source, live, candidate))) continue;
    packed.push(await packVersion(source, live, candidate.folder, bundle));
  }
  return packed;
}

async function packVersion(
  source: VersionSource,
  live: Manifest,
  folder: string,
  bundle: ArtifactStore,
): Promise<PackedVersion> {
  const { version, artifact, source: from } = live;
  const scratch = join(folder, `version-${version}`);
  try {
    await source.bring(from.commit);
    const model = await modelOf(source, live);
    await source.store.getFolder(artifact, join(scratch, "artifact"));
    await bundle.putFolder(join(scratch, "artifact"));
    return { version, model: await packModel(model, bundle, join(scratch, "code")), artifact };
  } catch (error) {
    if (!(error instanceof SlipwayError) || error.code === "INTERRUPTED") throw error;
    return { version, problem: problemOf(error) };
  }
}
