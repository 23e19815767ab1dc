import type { Ports } from "../acts/ports.ts";
import { testExtension } from "../acts/predict-new.ts";
import { runDependencies } from "../acts/run.ts";
import { prepareAnswering } from "../stages/prepare-answering.ts";
import { predictSecrets } from "./predict-secrets.ts";
import type { StartAnswering } from "./prepare-version.ts";

/**
 * What starts answers here: as the default branch's policy lets it, asked anew for each version. Rejects with SECRET_MISSING if
 * this process has not what programs would need today.
 */
export async function startAnswering(
  ports: Ports,
  onOutput: (model: string, text: string) => void,
): Promise<StartAnswering> {
  const dependencies = async () => {
    const deps = await runDependencies(ports);
    return { deps, secrets: predictSecrets(deps.predictSecrets, deps.caller) };
  };
  await dependencies();
  return async ({ called, manifest, signature, runnable }, signal) => {
    const { deps, secrets } = await dependencies();
    return prepareAnswering(deps, {
      ...{
        model: runnable,
        artifact: manifest.artifact,
        signature,
        extension: testExtension(manifest),
        secrets,
        signal,
      },
      onOutput: (text) => onOutput(called, text),
    });
  };
}
