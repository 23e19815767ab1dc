import type { Ports } from "../acts/ports.ts";
import { testExtension } from "../acts/predict-new.ts";
import { runDependencies } from "../acts/run.ts";
import { prepareAnswering } from "../stages/prepare-answering.ts";
import type { StartAnswering } from "./prepare-version.ts";

/** What starts answers here: as the default branch's policy lets it, asked anew for each version. */
export function startAnswering(ports: Ports, onOutput: (model: string, text: string) => void): StartAnswering {
  return async ({ called, manifest, signature, runnable }, signal) =>
    prepareAnswering(await runDependencies(ports), {
      ...{ model: runnable, artifact: manifest.artifact, signature, extension: testExtension(manifest), signal },
      onOutput: (text) => onOutput(called, text),
    });
}
