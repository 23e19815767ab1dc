import { DataLock } from "../../schemas/data-record.ts";
import { SlipwayError } from "../errors.ts";
import type { SourceTree } from "../source/tree.ts";

const MAX_LOCK_BYTES = 16 * 1024 * 1024;

/** The `data.lock.json` beside a spec; undefined if there is none. Rejects with DATA_UNREADABLE. */
export async function readDataLock(tree: SourceTree, folder: string): Promise<DataLock | undefined> {
  const file = `${folder}/data.lock.json`;
  const content = await tree.read(file, MAX_LOCK_BYTES);
  if (content === undefined) return undefined;
  try {
    return DataLock.parse(JSON.parse(content.toString("utf8")));
  } catch (cause) {
    throw new SlipwayError("DATA_UNREADABLE", `${file} is not a data lock`, {
      file,
      expected: "what slipway lock writes",
      hint: "remove it and run slipway lock again",
      cause,
    });
  }
}
