import { mkdir, rename } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import type { Artifact } from "../../../schemas/manifest.ts";
import { milliseconds } from "../../duration.ts";
import { checkOutput } from "../../runtime/output.ts";
import { makeReadOnly } from "../../runtime/remove-tree.ts";
import type { ArtifactStore } from "../../stores/store.ts";
import { type GivenData, type UserCode, withStepFolder } from "./user-code.ts";

const MAX_BYTES = 4 * 1024 ** 3;

/**
 * Predicts: in a fresh tree, the command gets the artifact out of the store (read-only) and the features, and writes
 * SLIPWAY_PREDICTIONS, which is moved to `output`. No label is in what it is given. Returns the command's seconds.
 * Rejects with OUTPUT_MISSING, OUTPUT_TOO_LARGE, and as runCommand and ArtifactStore.getFolder do.
 */
export async function predict(
  code: UserCode,
  store: Pick<ArtifactStore, "getFolder">,
  request: {
    artifact: Artifact;
    features: GivenData;
    output: string;
    log: string;
    secrets?: readonly string[] | undefined;
  },
): Promise<number> {
  const spec = code.spec.predict;
  return withStepFolder(code, async (step) => {
    const model = join(step.path, "model");
    const name = `predictions${extname(request.output)}`;
    const predictions = join(step.path, name);
    await store.getFolder(request.artifact, model);
    await makeReadOnly(model);
    const { seconds } = await step.run({
      command: spec.run,
      timeoutMs: milliseconds(spec.timeout ?? "10m"),
      timeoutKey: "predict.timeout",
      log: request.log,
      secrets: request.secrets,
      paths: {
        SLIPWAY_MODEL: "model",
        SLIPWAY_FEATURES: await step.bring(request.features, "features"),
        SLIPWAY_PREDICTIONS: name,
      },
    });
    await checkOutput(predictions, { variable: "SLIPWAY_PREDICTIONS", command: spec.run, maxBytes: MAX_BYTES });
    await mkdir(dirname(request.output), { recursive: true });
    await rename(predictions, request.output);
    return seconds;
  });
}
