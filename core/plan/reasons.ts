import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { Params } from "../../schemas/names.ts";
import type { ChangeReason } from "../../schemas/plan.ts";
import { jsonText, readParams } from "../json-text.ts";
import type { FingerprintParts } from "./fingerprint.ts";

/** Keys that say who and how, never what: a change of these alone leaves nothing to do. */
const SILENT =
  /^(owner|description)$|^(train|predict)\.(timeout|runs-on)$|^environment\.timeout$|^metrics\.[^.]+\.timeout$|^serve(\.(?!run$).*)?$/;
const MAX_PATHS = 50;
const MAX_DEPTH = 3;

/** The dotted keys at which two specs differ, in order, without the silent ones. */
function changedKeys(base: ModelSpec, head: ModelSpec): string[] {
  return differences(byParam(base), byParam(head), "", 0).filter((key) => !SILENT.test(key));
}

const byParam = ({ train, ...rest }: ModelSpec) => ({
  ...rest,
  train: train && { ...train, params: named(train.params) },
});

/** Each param's own text, so that a change names the param. */
function named(params: Params | undefined): Record<string, string> | undefined {
  if (params === undefined) return undefined;
  return Object.fromEntries(Object.entries(readParams(params)).map(([name, value]) => [name, jsonText(value)]));
}

function differences(base: unknown, head: unknown, prefix: string, depth: number): string[] {
  const [before, after] = [base ?? {}, head ?? {}];
  if (isMap(before) && isMap(after) && depth < MAX_DEPTH) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    const within = keys.flatMap((key) =>
      differences(before[key], after[key], prefix === "" ? key : `${prefix}.${key}`, depth + 1),
    );
    // A map without a key is a key of its own.
    if (within.length > 0 || (isMap(base) && isMap(head))) return within;
  }
  return JSON.stringify(base) === JSON.stringify(head) ? [] : [prefix];
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Why a model that is on both sides has to be looked at again; empty if nothing of weight changed. */
export function changeReasons(
  base: { spec: ModelSpec; parts?: FingerprintParts | undefined; floors: string },
  head: { spec: ModelSpec; parts?: FingerprintParts | undefined; floors: string },
): ChangeReason[] {
  const keys = fewEnough(changedKeys(base.spec, head.spec));
  const locks = changedPaths(base.parts?.locks, head.parts?.locks);
  const reasons: ChangeReason[] = [
    { kind: "spec", paths: keys.filter((key) => !key.startsWith("environment")) },
    { kind: "code", paths: changedPaths(base.parts?.code, head.parts?.code).filter((path) => !locks.includes(path)) },
    { kind: "data", paths: changedPaths(base.parts?.data, head.parts?.data).map((key) => key.replace(/^\w+ /, "")) },
    {
      kind: "environment",
      paths: [...keys.filter((key) => key.startsWith("environment")), ...locks],
    },
    { kind: "policy", paths: base.floors === head.floors ? [] : ["slipway.yaml"] },
  ];
  return reasons
    .filter((reason) => reason.paths.length > 0)
    .map(({ kind, paths }) => ({ kind, paths: [...new Set(paths)].slice(0, MAX_PATHS) }));
}

/** Keys of a spec are told by fewer parts where there are many: none is left out, since one of them may matter more than all others. */
function fewEnough(keys: readonly string[]): string[] {
  for (let parts = MAX_DEPTH + 1; parts > 1; parts--) {
    const shortened = [...new Set(keys.map((key) => key.split(".").slice(0, parts).join(".")))];
    if (shortened.length <= MAX_PATHS) return shortened;
  }
  return [...new Set(keys.map((key) => key.split(".", 1)[0] as string))].slice(0, MAX_PATHS);
}

function changedPaths(base: Record<string, string> | undefined, head: Record<string, string> | undefined): string[] {
  if (head === undefined) return [];
  // What could not be read before may have been anything.
  const before = base ?? {};
  const paths = [...new Set([...Object.keys(before), ...Object.keys(head)])].sort();
  return paths.filter((path) => before[path] !== head[path]);
}
