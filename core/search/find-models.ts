import type { ModelRecord } from "../../schemas/model-record.ts";
import type { FilterClause } from "./clause.ts";
import { compileFilter } from "./match.ts";
import { metricOf, type OrderKey } from "./order.ts";
import { inOrder, type Results } from "./results.ts";

/** A model, and what it is called. */
interface SearchedModel {
  readonly displayName: string;
  readonly record: Pick<ModelRecord, "tags" | "updated_at">;
  /** The values of the version that is looked at, where a search orders by metrics. */
  readonly metrics?: ReadonlyMap<string, number>;
}

/** The models that a filter of models finds, in order. */
export function findModels<Model extends SearchedModel>(
  models: readonly Model[],
  comparisons: readonly FilterClause[],
  order: readonly OrderKey[],
): Results<Model> {
  const matches = compileFilter(comparisons);
  const items = models.filter(({ record, displayName }) =>
    matches({ attribute: (key) => (key === "name" ? displayName : undefined), tag: (key) => ownTag(record.tags, key) }),
  );
  return inOrder(items, order, modelKey);
}

/** What a model is ordered by. One without a metric's value stands last, whatever the direction. */
export function modelKey(
  { record, displayName, metrics }: SearchedModel,
  key: OrderKey["key"],
  ascending: boolean,
): string | number {
  const metric = metricOf(key);
  if (metric !== undefined) return metrics?.get(metric) ?? (ascending ? Infinity : -Infinity);
  return key === "name" ? displayName : record.updated_at;
}

export function ownTag(tags: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(tags, key) ? tags[key] : undefined;
}
