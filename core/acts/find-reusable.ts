import { TrainedArtifact } from "../../schemas/trained-artifact.ts";
import type { Experiments } from "../experiments/open.ts";
import { type FingerprintInputs, fingerprintOf } from "../plan/fingerprint.ts";

const MAX_BYTES = 4 * 1024 * 1024;
const MAX_RECORDS = 1_000;

/** Where a trained artifact's record lies on the branch `experiments`. */
export function trainedPath(model: string, fingerprint: string): string {
  return `runs/${model}/${fingerprint}.json`;
}

/**
 * Artifacts of this very code, data and environment, whatever the program versions of the machine that trained them: the
 * machine that is to train knows whether its own are the same.
 */
export async function findReusable(
  experiments: Pick<Experiments, "read" | "list">,
  model: string,
  inputs: FingerprintInputs,
): Promise<TrainedArtifact[]> {
  const names = (await experiments.list(`runs/${model}`)).filter((name) => /^[0-9a-f]{64}\.json$/.test(name));
  const found: TrainedArtifact[] = [];
  for (const name of names.slice(0, MAX_RECORDS)) {
    const record = parsed(await experiments.read(`runs/${model}/${name}`, MAX_BYTES));
    if (record?.model !== model || `${record.fingerprint}.json` !== name) continue;
    if (fingerprintOf(inputs, record.runtime) === record.fingerprint) found.push(record);
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
