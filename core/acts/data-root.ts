import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { filesToRead } from "../plan/inputs.ts";
import { makeWorkFolder } from "../runtime/work-folder.ts";
import type { SourceTree } from "../source/tree.ts";
import type { LoadedModel } from "../spec/project.ts";

/**
 * Hands `act` a folder in which the model's data lies as its tree has it: where it lies on disk already, or a copy that is
 * gone in the end. Rejects as `filesToRead` does.
 */
export async function withDataRoot<T>(
  model: LoadedModel,
  tree: SourceTree,
  act: (root: string) => Promise<T>,
): Promise<T> {
  const files = await filesToRead(model, tree);
  const place = await tree.place(files);
  if (place !== undefined) return act(place);
  // A work folder, so that a later run sweeps the data of one that was killed.
  const work = await makeWorkFolder(randomUUID());
  try {
    const root = join(work.private, "repository");
    await tree.export(files, root);
    return await act(root);
  } finally {
    await work.remove();
  }
}
