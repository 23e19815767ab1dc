import type { Manifest } from "../../schemas/manifest.ts";
import { codeFiles } from "../plan/inputs.ts";
import type { Ports } from "./ports.ts";
import { modelOf } from "./project.ts";

/**
 * What a version was made by: its spec and the files that its code saw, by path, each with Git's id of it. No data is among
 * them. Rejects with SPEC_INVALID, MODEL_UNKNOWN or NO_COMMIT where its commit is not here, or cannot be read.
 */
export async function versionCode(
  ports: Pick<Ports, "objects">,
  manifest: Pick<Manifest, "source">,
): Promise<ReadonlyMap<string, string>> {
  const model = await modelOf(ports, manifest);
  const paths = [model.path, ...(await codeFiles(model, model.tree)).map(({ path }) => path)];
  const ids = await model.tree.blobs(paths);
  return new Map(paths.flatMap((path, at) => (ids[at] === undefined ? [] : [[path, ids[at]] as const])));
}
