import type { MetricSpec } from "../../schemas/metric-spec.ts";
import type { DataSpec, Task } from "../../schemas/model-spec.ts";
import { METRIC_FUNCTIONS, metricInfo } from "./catalog.ts";

interface Unfit {
  message: string;
  expected: string;
  hint: string;
}

/**
 * What is wrong with a metric as it is written, before any data is read: a task that cannot have it, no label to compare
 * with, or arguments that contradict each other. Undefined if nothing is.
 */
export function checkMetricSpec(
  spec: MetricSpec,
  model: { task: Task; label?: DataSpec["label"]; columns?: DataSpec["columns"] },
): Unfit | undefined {
  if ("run" in spec) return undefined;
  const { tasks } = metricInfo(spec);
  if (!tasks.includes(model.task)) {
    const fitting = METRIC_FUNCTIONS.filter((name) =>
      metricInfo({ metric: name, beta: 1 } as MetricSpec).tasks.includes(model.task),
    );
    return {
      message: `${spec.metric} is not for ${model.task}.`,
      expected: fitting.join(", "),
      hint: `Choose one of these, or set \`task: ${tasks[0]}\`.`,
    };
  }
  if (model.label === undefined) {
    return {
      message: `${spec.metric} needs labels.`,
      expected: "a label column",
      hint: "Name it with `label` under data, or use a metric of your own: { run: …, greater-is-better: … }.",
    };
  }
  const label = typeof model.label === "string" ? { column: model.label } : model.label;
  return contradiction(spec, label.positive) ?? binaryWithout(spec, label, model.columns);
}

/** What a binary average cannot know of the label as it is declared; the rest shows when the data is read. */
function binaryWithout(
  spec: Exclude<MetricSpec, { run: string }>,
  label: { column: string; positive?: unknown },
  columns: DataSpec["columns"] = {},
): Unfit | undefined {
  const declared = Object.hasOwn(columns, label.column) ? columns[label.column] : undefined;
  if (!["precision_score", "recall_score", "f1_score", "fbeta_score"].includes(spec.metric)) return undefined;
  if (declared === undefined || ("average" in spec && (spec.average ?? "binary") !== "binary")) return undefined;
  const classes = declared["one-of"] ?? [];
  if (classes.length > 2) {
    return {
      message: `${spec.metric} with average: binary needs two classes, and ${label.column} has ${classes.length}.`,
      expected: "two classes, or another average",
      hint: "Add `average: macro` (or micro, weighted, none) to the metric.",
    };
  }
  const positive = ("pos_label" in spec ? spec.pos_label : undefined) ?? label.positive;
  if (declared.type !== "string" || positive !== undefined) return undefined;
  const example = JSON.stringify(classes.at(-1) ?? "yes");
  return {
    message: `${spec.metric} does not know which class of ${label.column} is the positive one.`,
    expected: "a positive class: the label is text, and scikit-learn's default is the number 1",
    hint: `Write \`label: { column: ${label.column}, positive: ${example} }\` under data, or \`average: macro\` in the metric.`,
  };
}

function contradiction(spec: Exclude<MetricSpec, { run: string }>, positive: unknown): Unfit | undefined {
  if ("labels" in spec && spec.labels) {
    if (new Set(spec.labels.map(String)).size < spec.labels.length) {
      return { message: "`labels` names a class twice.", expected: "each class once", hint: "Remove the repeats." };
    }
    if (new Set(spec.labels.map((label) => typeof label === "string")).size > 1) {
      return {
        message: "`labels` mixes text with numbers.",
        expected: "classes of one kind",
        hint: 'Quote all of them or none: "1" is text, 1 is a number.',
      };
    }
  }
  switch (spec.metric) {
    case "precision_score":
    case "recall_score":
    case "f1_score":
    case "fbeta_score": {
      const average = spec.average ?? "binary";
      if (average === "binary" && spec.labels) {
        return {
          message: "`labels` is not used with average: binary.",
          expected: "`average: macro`, micro, weighted or none beside `labels`",
          hint: "Leave `labels` out, or name the average.",
        };
      }
      if (average !== "binary" && spec.pos_label !== undefined) {
        return {
          message: `pos_label is not used with average: ${average}.`,
          expected: "`average: binary` beside `pos_label`",
          hint: `Leave \`pos_label\` out, or write \`labels: [${JSON.stringify(spec.pos_label)}]\`.`,
        };
      }
      return differentPositive(spec.pos_label, positive);
    }
    case "roc_auc_score":
      if (spec.multi_class === "ovo" && (spec.average === "micro" || spec.average === "none")) {
        return {
          message: `roc_auc_score has no average: ${spec.average} with multi_class: ovo.`,
          expected: "average: macro or weighted with multi_class: ovo",
          hint: "Choose such an average, or `multi_class: ovr`.",
        };
      }
      if (spec.multi_class !== undefined && spec.max_fpr !== undefined && spec.max_fpr !== 1) {
        return {
          message: "max_fpr is for two classes, multi_class for more.",
          expected: "one of the two",
          hint: "Leave one of the two out.",
        };
      }
      return undefined;
    case "average_precision_score":
    case "brier_score_loss":
      return differentPositive(spec.pos_label, positive);
    default:
      return undefined;
  }
}

function differentPositive(asked: unknown, positive: unknown): Unfit | undefined {
  if (asked === undefined || positive === undefined || typeof asked === typeof positive) return undefined;
  return {
    message: `pos_label is ${typeof asked === "string" ? "text" : `a ${typeof asked}`}, the label's positive class ${typeof positive === "string" ? "text" : `a ${typeof positive}`}.`,
    expected: "the class as the label column has it",
    hint: `Write \`pos_label: ${JSON.stringify(positive)}\`, or leave it out.`,
  };
}
