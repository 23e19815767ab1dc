import type { ModelFacts, PackedModel } from "../../schemas/stage-record.ts";
import { metricPlaces } from "../metrics/refuse.ts";
import type { ArtifactStore } from "../stores/store.ts";
import { openPackedTree, packTree } from "./packed-tree.ts";
import type { RunnableModel } from "./runnable-model.ts";

/** What a record says of a model, besides its code. */
export function modelFacts(model: RunnableModel): ModelFacts {
  const { name, folder, path, spec } = model;
  const places = Object.keys(spec.metrics).map((metric) => [metric, metricPlaces(model)(metric)] as const);
  const metric_places = Object.fromEntries(places.map(([metric, { line, column }]) => [metric, { line, column }]));
  return { name, folder, path, spec, metric_places };
}

/** Packs a model with its code. `scratch` is a folder that does not exist yet. Rejects as `packTree` does. */
export async function packModel(model: RunnableModel, store: ArtifactStore, scratch: string): Promise<PackedModel> {
  return { ...modelFacts(model), tree: await packTree(model, store, scratch) };
}

/** The inverse: a model that can be run. `folder` is for what is read of it. Rejects as `openPackedTree` does. */
export async function openPackedModel(
  packed: PackedModel,
  store: ArtifactStore,
  folder: string,
): Promise<RunnableModel> {
  const { metric_places, tree, ...rest } = packed;
  const position = ([, metric]: readonly (string | number)[]) =>
    metric_places[String(metric)] ?? { line: 1, column: 1 };
  return { ...rest, position, tree: await openPackedTree(tree, store, folder) };
}
