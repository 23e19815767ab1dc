import type { DataFile, DataLock } from "../../schemas/data-record.ts";
import { pinnedFiles } from "../plan/data-lock.ts";
import { locateData, type ModelInputs } from "../plan/inputs.ts";
import type { SourceTree } from "../source/tree.ts";
import { digestData } from "./digest.ts";
import { locate } from "./locate.ts";

/**
 * What is known of the labels' files without opening one: the lock's word for what is remote, the digest of what is in the
 * repository. Undefined where labels are not apart. Rejects as locateData and pinnedFiles do.
 */
export async function labelFiles(
  model: ModelInputs & { tree: SourceTree },
  root: string,
  { lock, signal }: { lock?: DataLock; signal?: AbortSignal },
): Promise<DataFile[] | undefined> {
  if (model.spec.data.labels === undefined) return undefined;
  const found: DataFile[] = [];
  for (const { role, kind, location, paths } of await locateData(model, model.tree)) {
    if (role !== "labels") continue;
    const pins = kind === "uri" ? pinnedFiles(lock, location) : [];
    for (const { uri, sha256, size, version } of pins)
      found.push({ path: uri, sha256, size, ...(version === undefined ? {} : { version }) });
    for (const path of paths) {
      const { file } = await locate(root, path);
      found.push({ path, ...(await digestData(file, path, signal)) });
    }
  }
  return found;
}
