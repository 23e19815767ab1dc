import type { BuiltinMetric, BuiltinMetricName, MetricDefinition } from "../../schemas/metric-spec.ts";
import type { JsonValue } from "../../schemas/names.ts";
import { canonicalJson } from "../canonical.ts";
import type { Value } from "./scored.ts";

const shares = { average: "binary", pos_label: "1", zero_division: 0 };
const finite = { force_finite: true };

/** scikit-learn's defaults (1.9.1): written out or left out, they mean the same. */
const DEFAULTS: Partial<Record<BuiltinMetricName, Readonly<Record<string, JsonValue>>>> = {
  accuracy_score: { normalize: true },
  balanced_accuracy_score: { adjusted: false },
  precision_score: shares,
  recall_score: shares,
  f1_score: shares,
  fbeta_score: shares,
  roc_auc_score: { average: "macro" },
  average_precision_score: { average: "macro", pos_label: "1" },
  log_loss: { normalize: true },
  brier_score_loss: { scale_by_half: "auto" },
  cohen_kappa_score: { replace_undefined_by: "nan" },
  top_k_accuracy_score: { k: 2, normalize: true },
  r2_score: finite,
  explained_variance_score: finite,
  mean_pinball_loss: { alpha: 0.5 },
};

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
  const asked = named ?? (takesPositive(spec) ? positive : undefined);
  const all: Record<string, JsonValue | undefined> = {
    ...args,
    pos_label: asked === undefined ? asked : String(asked),
    ...(columns && countsColumns(spec) ? { labels: [...columns] } : {}),
  };
  const defaults = DEFAULTS[metric] ?? {};
  const kept = Object.entries(all).filter(([name, value]) => value !== undefined && value !== defaults[name]);
  return { function: metric, arguments: Object.fromEntries(kept) as MetricDefinition["arguments"] };
}

/** Whether the label's positive class is a part of what is measured. */
function takesPositive(spec: BuiltinMetric): boolean {
  switch (spec.metric) {
    case "precision_score":
    case "recall_score":
    case "f1_score":
    case "fbeta_score":
      return (spec.average ?? "binary") === "binary";
    case "roc_auc_score":
    case "average_precision_score":
    case "top_k_accuracy_score":
      return true;
    default:
      return false;
  }
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
  const defaults = DEFAULTS[name as BuiltinMetricName] ?? {};
  const value = Object.hasOwn(defaults, argument) ? ` (${JSON.stringify(defaults[argument])})` : "";
  return `scikit-learn's default${value}`;
}

/** `recall_score`, `recall_score with average: "macro"`. */
export function definitionWords(definition: MetricDefinition): string {
  const args = Object.entries(definition.arguments).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return args.length === 0 ? definition.function : `${definition.function} with ${args.join(", ")}`;
}
