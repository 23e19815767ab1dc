import type { ModelSpec } from "../../schemas/model-spec.ts";
import { canonicalJson } from "../canonical.ts";
import type { SourceTree } from "../source/tree.ts";
import { dataParts } from "./fingerprint.ts";
import type { ModelInputs } from "./inputs.ts";

/** What a model is judged by: its spec, and what its data's files hold. */
export interface Judge {
  spec: ModelSpec;
  /** Role and path or URI → content. */
  data: Readonly<Record<string, string>>;
}

/** Rejects as `fingerprint` does. */
export async function judgeOf(model: ModelInputs, tree: SourceTree): Promise<Judge> {
  return { spec: model.spec, data: await dataParts(model, tree) };
}

/**
 * What of a model's judge a change would have otherwise than the default branch, in words; empty: the change may be scored on
 * sealed labels before it is merged. Everything that could tell labels one by one counts: which rows, how they are joined,
 * parted and grouped, what their columns may hold, metrics and slices. Gates do not: those of the default branch decide.
 */
export function judgeChanges(base: Judge | undefined, head: Judge): string[] {
  if (base === undefined) return ["the model, which is new"];
  const [before, after] = [judgingKeys(base.spec), judgingKeys(head.spec)];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => canonicalJson(before[key] ?? null) !== canonicalJson(after[key] ?? null),
  );
  const [there, here] = [testedFiles(base.data), testedFiles(head.data)];
  const files = [...new Set([...Object.keys(there), ...Object.keys(here)])].filter(
    (file) => there[file] !== here[file],
  );
  return [...keys, ...files.map((file) => file.replace(/^\w+ /, ""))];
}

function judgingKeys({ task, metrics, slices, data }: ModelSpec): Record<string, unknown> {
  const { train: _, rows: __, ...tested } = data;
  const named = Object.entries(tested).map(([key, value]) => [`data.${key}`, value]);
  return { task, metrics, slices, ...Object.fromEntries(named) };
}

function testedFiles(data: Judge["data"]): Record<string, string> {
  return Object.fromEntries(Object.entries(data).filter(([file]) => !file.startsWith("train ")));
}
