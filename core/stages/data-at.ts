import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type PreparedData, prepareData } from "../data/prepare.ts";
import type { DataAccess } from "../data/remote/place.ts";
import type { TestRequest } from "../data/test-part.ts";
import { readDataLock } from "../plan/data-lock.ts";
import { filesToRead } from "../plan/inputs.ts";
import { removeTree } from "../runtime/remove-tree.ts";
import type { RunnableModel } from "./runnable-model.ts";
import { type DataFile, dataFile } from "./user-code/user-code.ts";

/** A model's data as its own tree has it, and a prepared file with what goes along with it. */
export interface DataAt {
  prepared: PreparedData;
  /** The folder that it was prepared in, out of user code's way; what is made of it may lie there, too. */
  folder: string;
  given(file: string): DataFile;
}

/** Which rows are read: the part of the test rows, and whether `data.labels` are opened. */
export interface WantedRows {
  testRows?: TestRequest | undefined;
  opensLabels?: boolean | undefined;
}

/**
 * Reads the data of a model where they lie on disk, or from a copy of what its tree has, which is gone in the end. Writes to
 * the new folder `data` of `folder`. Rejects as prepareData does.
 */
export async function dataAt(
  model: RunnableModel,
  { folder, cache, access }: { folder: string; cache: string; access: DataAccess },
  wanted: WantedRows = {},
): Promise<DataAt> {
  const copy = join(folder, "repository");
  const work = join(folder, "data");
  await mkdir(work, { recursive: true });
  const files = await filesToRead(model, model.tree);
  const place = await model.tree.place(files);
  if (place === undefined) await model.tree.export(files, copy);
  const lock = await readDataLock(model.tree, model.folder);
  const prepared = await prepareData({
    ...{ model, root: place ?? copy, work, cache, access, ...wanted },
    ...(lock ? { lock } : {}),
    ...(access.signal ? { signal: access.signal } : {}),
  });
  await removeTree(copy);
  return { prepared, folder, given: (file) => dataFile(work, file) };
}
