import type { MetricSpec } from "../../schemas/metric-spec.ts";
import type { Task } from "../../schemas/model-spec.ts";
import { SlipwayError } from "../errors.ts";
import { metricInfo } from "./catalog.ts";
import { classesOf } from "./classes.ts";
import { compileMetric, frameOf } from "./compile.ts";
import { aboutMetric, type PlaceOf } from "./refuse.ts";
import type { Value } from "./scored.ts";

/** The distinct labels of each set; `train` is absent if nothing is trained. */
export interface LabelClasses {
  train?: Value[];
  test: Value[];
}

/** More classes than this are left to the scoring: a table of them all would cost more than it tells. */
const MAX_CLASSES = 500;

/**
 * Asks each metric of labels alone, with predictions that hold every known class and a probability for each: what is refused
 * then, no model's predictions can mend. Throws METRIC_UNFIT with the metric's name and its place in the spec.
 */
export function refuseUnfitLabels(about: {
  task: Task;
  metrics: Readonly<Record<string, MetricSpec>>;
  classes: LabelClasses;
  positive: Value | undefined;
  place?: PlaceOf | undefined;
}): void {
  const { task, metrics, classes, positive, place } = about;
  const { train = [], test } = classes;
  for (const [name, metric] of Object.entries(metrics)) {
    if ("run" in metric || !metricInfo(metric).tasks.includes("classification")) continue;
    try {
      const named = "labels" in metric ? (metric.labels ?? []) : [];
      const known = classesOf([...test, ...train]).values;
      const all = classesOf([...known, ...named.filter((label) => typeof label === typeof known[0])]).values;
      if (test.length === 0 || all.length > MAX_CLASSES) continue;
      const rows = Array.from({ length: Math.max(test.length, known.length) }, (_, i) => i);
      const labels = rows.map((i) => test[i % test.length] as Value);
      const scored = {
        ...{ task, labels, slices: {}, own: {} },
        ids: rows.map(String),
        predictions: rows.map((i) => known[i % known.length] as Value),
        probabilities: {
          classes: all,
          values: Float64Array.from(labels.flatMap((label) => all.map((each) => Number(each === label)))),
        },
        ...(positive === undefined ? {} : { positive }),
      };
      compileMetric(name, metric, frameOf(scored));
    } catch (error) {
      throw error instanceof SlipwayError ? aboutMetric(name, error, place) : error;
    }
  }
}

/** Classes that one set holds and the other does not: what a model was never tested on, and what it cannot have learnt. */
export function missingClasses({ train, test }: LabelClasses): { untested: Value[]; untrained: Value[] } {
  if (train === undefined) return { untested: [], untrained: [] };
  const [inTrain, inTest] = [new Set(train), new Set(test)];
  return {
    untested: train.filter((each) => !inTest.has(each)),
    untrained: test.filter((each) => !inTrain.has(each)),
  };
}

/** What is said of classes that one set lacks, in a step's detail and in a report; empty if there are none. */
export function classGapWords(data: {
  untested_classes?: readonly string[] | undefined;
  untrained_classes?: readonly string[] | undefined;
}): string[] {
  const { untested_classes = [], untrained_classes = [] } = data;
  const listed = (names: readonly string[]) =>
    `${names.slice(0, 10).join(", ")}${names.length > 10 ? ` and ${names.length - 10} more` : ""}`;
  return [
    ...(untested_classes.length > 0
      ? [`No test row has the class ${listed(untested_classes)}: nothing is measured of it.`]
      : []),
    ...(untrained_classes.length > 0
      ? [`No training row has the class ${listed(untrained_classes)}: it cannot be learnt.`]
      : []),
  ];
}
