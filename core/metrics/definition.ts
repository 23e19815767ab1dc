import type { BuiltinMetric, MetricDefinition } from "../../schemas/metric-spec.ts";
import type { JsonValue } from "../../schemas/names.ts";
import { canonicalJson } from "../canonical.ts";
import { METRIC_FUNCTIONS, metricRow } from "./catalog.ts";
import type { Value } from "./scored.ts";

/**
 * The function that a metric is, with all that decides its value: the arguments that differ from scikit-learn's defaults,
 * and as `pos_label` the positive class that `data.label.positive` sets for it: as text, since the label column's type
 * decides what it is compared as. `columns`: the classes that predict wrote columns of, where these are more than the labels
 * have. A micro average over scores counts each column's cells, so that they are scikit-learn's `labels`: columns of classes
 * that no row has, all 0, would rank any model well.
 */
export function definitionOf(
  spec: BuiltinMetric,
  positive: Value | undefined,
  columns?: readonly Value[],
): MetricDefinition {
  const { metric, ...args } = spec;
  const named = "pos_label" in args ? args.pos_label : undefined;
  const asked = named ?? (metricRow(metric).takesPositive?.(spec) ? positive : undefined);
  const all: Record<string, JsonValue | undefined> = {
    ...args,
    pos_label: asked === undefined ? asked : String(asked),
    ...(columns && countsColumns(spec) ? { labels: [...columns] } : {}),
  };
  const defaults = defaultsOf(metric);
  const kept = Object.entries(all).filter(([name, value]) => value !== undefined && value !== defaults[name]);
  return { function: metric, arguments: Object.fromEntries(kept) as MetricDefinition["arguments"] };
}

function defaultsOf(name: string): Readonly<Record<string, JsonValue>> {
  const known = METRIC_FUNCTIONS.find((each) => each === name);
  return (known && metricRow(known).defaults) ?? {};
}

function countsColumns(spec: BuiltinMetric): boolean {
  return spec.metric === "roc_auc_score" && spec.average === "micro" && spec.labels === undefined;
}

export function sameDefinition(a: MetricDefinition, b: MetricDefinition): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

/** The argument at which two definitions of one function differ, and what each has there: `scikit-learn's default` for none. */
export function differingArgument(
  expected: MetricDefinition,
  found: MetricDefinition,
): { name: string; expected: string; found: string } | undefined {
  if (expected.function !== found.function) {
    return { name: "metric", expected: expected.function, found: found.function };
  }
  const names = [...new Set([...Object.keys(found.arguments), ...Object.keys(expected.arguments)])];
  const words = (definition: MetricDefinition, name: string) =>
    Object.hasOwn(definition.arguments, name)
      ? JSON.stringify(definition.arguments[name])
      : defaultWords(expected.function, name);
  const name = names.find((each) => words(expected, each) !== words(found, each));
  return name === undefined ? undefined : { name, expected: words(expected, name), found: words(found, name) };
}

function defaultWords(name: string, argument: string): string {
  const defaults = defaultsOf(name);
  const value = Object.hasOwn(defaults, argument) ? ` (${JSON.stringify(defaults[argument])})` : "";
  return `scikit-learn's default${value}`;
}

/** `recall_score`, `recall_score with average: "macro"`. */
export function definitionWords(definition: MetricDefinition): string {
  const args = Object.entries(definition.arguments).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return args.length === 0 ? definition.function : `${definition.function} with ${args.join(", ")}`;
}
