import { relative, sep } from "node:path";
import type { PackedData } from "../../schemas/stage-record.ts";
import { SlipwayError } from "../errors.ts";
import type { ArtifactStore } from "../stores/store.ts";
import type { DataFile, GivenData } from "./user-code/user-code.ts";

/** Puts a data file into a store, with the folder of what its rows name. */
export async function packData(data: DataFile, store: ArtifactStore): Promise<PackedData> {
  return { folder: await store.putFolder(data.folder), file: relative(data.folder, data.file).split(sep).join("/") };
}

/** The inverse, which rejects with ARTIFACT_MISSING or ARTIFACT_CORRUPT. */
export function packedData(packed: PackedData, store: ArtifactStore): GivenData {
  return async (folder) => {
    if (!packed.folder.files.some(({ path }) => path === packed.file)) {
      throw new SlipwayError("ARTIFACT_CORRUPT", "The packed data does not hold the file that it names", {
        expected: packed.file,
      });
    }
    await store.getFolder(packed.folder, folder);
    return packed.file;
  };
}
