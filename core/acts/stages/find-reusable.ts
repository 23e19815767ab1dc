import { join } from "node:path";
import { TrainedArtifact } from "../../../schemas/trained-artifact.ts";
import { SlipwayError } from "../../errors.ts";
import type { Experiments } from "../../experiments/open.ts";
import { type FingerprintInputs, fingerprintOf } from "../../plan/fingerprint.ts";
import type { ArtifactStore } from "../../stores/store.ts";

const MAX_BYTES = 4 * 1024 * 1024;
const MAX_RECORDS = 1_000;
const MAX_TAKEN = 3;

/** Where a trained artifact's record lies on the branch `experiments`. */
export function trainedPath(model: string, fingerprint: string): string {
  return `runs/${model}/${fingerprint}.json`;
}

/**
 * Artifacts of this very code, data and environment, whatever the program versions of the machine that trained them: the
 * machine that is to train knows whether its own are the same. Those whose bytes the store has whole are put into `bundle`.
 */
export async function findReusable(
  source: { experiments: Pick<Experiments, "read" | "list">; store: ArtifactStore },
  model: string,
  inputs: FingerprintInputs,
  { bundle, folder }: { bundle: ArtifactStore; folder: string },
): Promise<TrainedArtifact[]> {
  const names = (await source.experiments.list(`runs/${model}`)).filter((name) => /^[0-9a-f]{64}\.json$/.test(name));
  const found: TrainedArtifact[] = [];
  for (const name of names.slice(0, MAX_RECORDS)) {
    const record = parsed(await source.experiments.read(`runs/${model}/${name}`, MAX_BYTES));
    if (record?.model !== model || `${record.fingerprint}.json` !== name) continue;
    if (fingerprintOf(inputs, record.runtime) !== record.fingerprint) continue;
    if (await copied(record, source.store, bundle, join(folder, `reusable-${found.length}`))) found.push(record);
    if (found.length === MAX_TAKEN) break;
  }
  return found;
}

function parsed(content: Buffer | undefined): TrainedArtifact | undefined {
  try {
    return content && TrainedArtifact.parse(JSON.parse(content.toString("utf8")));
  } catch {
    return undefined;
  }
}

async function copied(
  { artifact }: TrainedArtifact,
  from: ArtifactStore,
  to: ArtifactStore,
  folder: string,
): Promise<boolean> {
  try {
    await from.getFolder(artifact, folder);
    await to.putFolder(folder);
    return true;
  } catch (error) {
    if (error instanceof SlipwayError && /^ARTIFACT_/.test(error.code)) return false;
    throw error;
  }
}
