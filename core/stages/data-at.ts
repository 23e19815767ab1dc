import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type PreparedData, prepareData } from "../data/prepare.ts";
import { readDataLock } from "../plan/data-lock.ts";
import { filesToRead } from "../plan/inputs.ts";
import { removeTree } from "../runtime/remove-tree.ts";
import type { RunnableModel } from "./run-request.ts";
import { type GivenData, givenData } from "./user-code/user-code.ts";

/** A model's data as its own tree has it, and a prepared file with what goes along with it. */
export interface DataAt {
  prepared: PreparedData;
  given(file: string): GivenData;
}

/**
 * Reads the data of a model from its tree, a commit's, into the new folder `data` of `folder`. What was taken of the
 * repository for it is gone in the end. Rejects as prepareData does.
 */
export async function dataAt(
  model: RunnableModel,
  { folder, cache, signal }: { folder: string; cache: string; signal?: AbortSignal | undefined },
): Promise<DataAt> {
  const root = join(folder, "repository");
  const work = join(folder, "data");
  for (const each of [root, work]) await mkdir(each);
  await model.tree.export(await filesToRead(model, model.tree), root);
  const lock = await readDataLock(model.tree, model.folder);
  const prepared = await prepareData({
    ...{ model, root, work, cache },
    ...(lock ? { lock } : {}),
    ...(signal ? { signal } : {}),
  });
  await removeTree(root);
  return { prepared, given: (file) => givenData(work, file) };
}
