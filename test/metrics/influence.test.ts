import { expect, it } from "vitest";
import { compileMetric, frameOf } from "../../core/metrics/compile.ts";
import type { Scored } from "../../core/metrics/scored.ts";
import type { MetricSpec } from "../../schemas/metric-spec.ts";
import { randomNumbers } from "../../tools/coverage/random-numbers.ts";
import { classified } from "./rows.ts";

/** Rows of k classes with probabilities, some of them tied. */
function rows(k: number, n: number): Scored {
  const random = randomNumbers(11 + k);
  const labels = random.many(n, (row) => (row < k ? row : Math.floor(random.uniform() * k)));
  const values = new Float64Array(n * k);
  const predictions = labels.map((label, row) => {
    const raw = random.many(k, (place) => 1 + Math.floor(6 * random.uniform()) + (place === label ? 2 : 0));
    const sum = raw.reduce((total, value) => total + value, 0);
    values.set(
      raw.map((value) => value / sum),
      row * k,
    );
    return raw.indexOf(Math.max(...raw));
  });
  const classes = Array.from({ length: k }, (_none, place) => place);
  return classified(labels, predictions, { probabilities: { classes, values } });
}

const TWO: MetricSpec[] = [
  { metric: "accuracy_score" },
  { metric: "accuracy_score", normalize: false },
  { metric: "balanced_accuracy_score" },
  { metric: "recall_score" },
  { metric: "precision_score" },
  { metric: "f1_score" },
  { metric: "fbeta_score", beta: 2 },
  { metric: "matthews_corrcoef" },
  { metric: "cohen_kappa_score" },
  { metric: "roc_auc_score" },
  { metric: "roc_auc_score", max_fpr: 0.3 },
  { metric: "average_precision_score" },
  { metric: "brier_score_loss" },
];
const FOUR: MetricSpec[] = [
  { metric: "accuracy_score" },
  { metric: "balanced_accuracy_score", adjusted: true },
  { metric: "recall_score", average: "macro" },
  { metric: "precision_score", average: "micro" },
  { metric: "f1_score", average: "weighted" },
  { metric: "f1_score", average: "none" },
  { metric: "matthews_corrcoef" },
  { metric: "cohen_kappa_score" },
  { metric: "cohen_kappa_score", weights: "linear" },
  { metric: "cohen_kappa_score", weights: "quadratic", labels: [0, 1, 3] },
  { metric: "roc_auc_score", multi_class: "ovr" },
  { metric: "roc_auc_score", multi_class: "ovr", average: "weighted" },
  { metric: "roc_auc_score", multi_class: "ovr", average: "micro" },
  { metric: "roc_auc_score", multi_class: "ovr", average: "none" },
  { metric: "roc_auc_score", multi_class: "ovo" },
  { metric: "roc_auc_score", multi_class: "ovo", average: "weighted" },
  { metric: "average_precision_score" },
  { metric: "average_precision_score", average: "weighted" },
  { metric: "average_precision_score", average: "micro" },
  { metric: "top_k_accuracy_score" },
  { metric: "brier_score_loss" },
];

it.each([
  ...TWO.map((spec): [string, MetricSpec, Scored] => [JSON.stringify(spec), spec, rows(2, 31)]),
  ...FOUR.map((spec): [string, MetricSpec, Scored] => [`${JSON.stringify(spec)}, four classes`, spec, rows(4, 47)]),
])("knows how fast the value moves with the weight of each row: %s", (_name, spec, scored) => {
  const n = scored.ids.length;
  const often = 5_000;
  for (const { statistic } of compileMetric("it", spec, frameOf(scored)).parts) {
    const draw = { id: 1, counts: new Uint16Array(n).fill(often), total: n * often };
    const value = statistic.value(draw);
    const influence = new Float64Array(n);
    statistic.influence?.(draw, value, influence);
    const moved = Array.from(influence, (_none, row) => {
      const at = (step: number): number => {
        const counts = draw.counts.slice();
        counts[row] = often + step;
        return statistic.value({ id: 2 + 2 * row + Number(step > 0), counts, total: n * often + step });
      };
      return (n * often * (at(1) - at(-1))) / 2;
    });
    const largest = Math.max(...moved.map(Math.abs));
    moved.forEach((each, row) => {
      expect(Math.abs((influence[row] as number) - each)).toBeLessThan(2e-3 * largest);
    });
  }
});
