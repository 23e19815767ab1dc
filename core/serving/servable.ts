import type { Manifest, Signature } from "../../schemas/manifest.ts";
import type { Ports } from "../acts/ports.ts";
import { modelOf } from "../acts/project.ts";
import { SlipwayError } from "../errors.ts";
import { rowsNameFiles } from "../plan/inputs.ts";
import type { RunnableModel } from "../stages/runnable-model.ts";

/**
 * What makes a version answer: its signature, and its model as it stood at the version's own commit. Rejects as modelOf does, with
 * NOT_EVALUATED for what was imported and never evaluated, with ARTIFACT_NOT_DURABLE where the store does not have the files, and
 * with UNSUPPORTED where rows name files.
 */
export async function servable(
  ports: Pick<Ports, "objects">,
  called: string,
  manifest: Manifest,
): Promise<{ signature: Signature; runnable: RunnableModel }> {
  const what = `${called} version ${manifest.version}`;
  const { signature } = manifest;
  if (signature === undefined)
    throw new SlipwayError("NOT_EVALUATED", `${what} was imported: nobody knows what program predicts with it`, {
      expected: "a version that a run made, or that was evaluated since",
      hint: `slipway evaluate ${called}@${manifest.version}`,
    });
  if (manifest.imported?.download !== undefined)
    throw new SlipwayError("ARTIFACT_NOT_DURABLE", `The files of ${what} are at ${manifest.imported.download}`, {
      expected: "files in the store, known by their digest",
    });
  const runnable = await modelOf(ports, manifest);
  if (rowsNameFiles(runnable.spec))
    throw new SlipwayError("UNSUPPORTED", `Rows of ${what} name further files, which a request does not bring along`, {
      expected: "columns without the type file",
    });
  return { signature, runnable };
}
