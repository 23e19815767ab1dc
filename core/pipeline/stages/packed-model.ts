import type { PackedModel } from "../../../schemas/stage-record.ts";
import type { RunnableModel } from "../run-request.ts";
import type { ArtifactStore } from "../store/store.ts";
import { openPackedTree, packTree } from "./packed-tree.ts";

/** Packs a model with its code. `scratch` is a folder that does not exist yet. Rejects as `packTree` does. */
export async function packModel(model: RunnableModel, store: ArtifactStore, scratch: string): Promise<PackedModel> {
  const { name, folder, path, spec } = model;
  return { name, folder, path, spec, tree: await packTree(model, store, scratch) };
}

/** The inverse: a model that can be run, its code unpacked into `folder`. Rejects as `openPackedTree` does. */
export async function openPackedModel(
  packed: PackedModel,
  store: ArtifactStore,
  folder: string,
): Promise<RunnableModel> {
  return { ...packed, tree: await openPackedTree(packed.tree, store, folder) };
}
