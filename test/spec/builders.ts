import { metricInfo } from "../../core/metrics/catalog.ts";
import type { MetricRules } from "../../core/spec/metric-rules.ts";
import { loadProject, type Project } from "../../core/spec/project.ts";
import { memoryTree } from "../helpers/memory-tree.ts";
import type { Content } from "../helpers/repository.ts";

/** Real rules, small: r2_score is for regression, and auc means roc_auc_score. */
export const rules: MetricRules = {
  checkMetricSpec: (metric, { task }) =>
    "metric" in metric && metric.metric === "r2_score" && task !== "regression"
      ? { message: `r2_score is not for ${task}.`, expected: "accuracy_score", hint: "Choose another." }
      : undefined,
  metricInfo,
  suggestMetric: (name) => (name === "auc" ? "roc_auc_score" : undefined),
};

/** A spec without a problem; `edit` replaces whole lines by their key at the start of the line. */
export const SPEC = [
  "slipway: 1",
  "task: classification",
  "data:",
  "  train: train.csv",
  "  test: test.csv",
  "  label: species",
  "train: { run: node train.mjs }",
  "predict: { run: node predict.mjs }",
  "metrics: { accuracy: { metric: accuracy_score } }",
  "slices: [island]",
  "gates: {}",
];

export function specWith(...lines: string[]): string {
  const replaced = new Set(lines.map(keyOf));
  return [...SPEC.filter((line) => !replaced.has(keyOf(line))), ...lines].join("\n");
}

/** As `specWith`, for lines below `data:`. */
export function dataWith(...lines: string[]): string {
  const all = ["  train: train.csv", "  test: test.csv", "  label: species"];
  const replaced = new Set(lines.map(keyOf));
  const kept = all.filter((line) => !replaced.has(keyOf(line)));
  const rest = SPEC.filter((line) => !line.startsWith("data:") && !all.includes(line));
  return [...rest, "data:", ...kept, ...lines].join("\n");
}

/** The spec with other data, written as a flow map. */
export function withData(data: string): string {
  return [...SPEC.filter((line) => !/^(data:| )/.test(line)), `data: ${data}`].join("\n");
}

const keyOf = (line: string) => /^ *[^:]*/.exec(line)?.[0];

/** Loads the given files as a repository's. */
export function projectOf(
  files: Record<string, Content>,
  { rules: asked = rules, ...options }: { models?: string[]; rules?: MetricRules } = {},
): Promise<Project> {
  return loadProject(memoryTree(files), asked, options);
}

/** The problems of one spec, models/a/model.yaml, beside the policy where there is one. */
export async function problemsOf(spec: Content, policy?: string) {
  const project = await projectOf({
    "models/a/model.yaml": spec,
    ...(policy === undefined ? {} : { "slipway.yaml": policy }),
  });
  return project.problems;
}
