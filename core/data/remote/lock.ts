import { fileURLToPath } from "node:url";
import type { DataLock } from "../../../schemas/data-record.ts";
import { dataLocations, type ModelInputs } from "../../plan/inputs.ts";
import { fileFormatOf } from "../format.ts";
import { digestFile, type Fetcher, fetchRemote, parsed } from "./fetch.ts";

/**
 * What `slipway lock` writes: each URI of a model's data with its sha256, size and version, sorted by URI. What is
 * fetched stays in the cache. An entry of `previous` is kept where the server says that its version still holds.
 */
export async function lockRemoteData(model: ModelInputs, fetcher: Fetcher, previous?: DataLock): Promise<DataLock> {
  const remote = dataLocations(model).filter(({ kind }) => kind === "uri");
  const uris = [...new Set(remote.map(({ location }) => location))].sort();
  const files: DataLock["files"] = [];
  for (const uri of uris) {
    const url = parsed(uri);
    fileFormatOf(url.pathname);
    const before = previous?.files.find((file) => file.uri === uri);
    const found =
      url.protocol === "file:"
        ? await digestFile(fileURLToPath(url), uri, fetcher.signal)
        : await fetchRemote(uri, fetcher, before?.version);
    files.push(found === "unchanged" && before ? before : { uri, ...(found as Exclude<typeof found, "unchanged">) });
  }
  return { slipway: 1, files };
}
