import { randomUUID } from "node:crypto";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import type { Artifact } from "../../schemas/manifest.ts";
import { makeWorkFolder } from "../runtime/work-folder.ts";
import { environmentFacts, loadCode } from "./load-code.ts";
import type { RunDependencies, RunnableModel } from "./runnable-model.ts";
import { predict } from "./user-code/run-predict.ts";
import type { GivenData } from "./user-code/user-code.ts";

/**
 * The predict step alone: a version's own code at its own commit (`model.tree`), with its own environment and artifact,
 * on features that it is given. Writes the predictions to `output`, and the commands' output to `log`.
 * Rejects as the steps setup and predict do; no test label is in what it is given.
 */
export async function predictWith(
  deps: RunDependencies,
  request: {
    model: RunnableModel;
    artifact: Artifact;
    features: GivenData;
    output: string;
    log: string;
    secrets?: readonly string[] | undefined;
    signal?: AbortSignal | undefined;
    onOutput?: ((text: string) => void) | undefined;
  },
): Promise<string> {
  const { model, artifact, features, output, log, signal, onOutput } = request;
  const work = await makeWorkFolder(randomUUID(), deps.temporary);
  try {
    const facts = await environmentFacts(model, deps.caller);
    const { code } = await loadCode(deps, model, { facts, work, log: `${log}.setup`, signal, onOutput });
    const predictions = join(work.private, "predictions.csv");
    await predict(code, deps.store, { artifact, features, output: predictions, log, secrets: request.secrets });
    await copyFile(predictions, output);
    return output;
  } finally {
    await work.remove();
  }
}
