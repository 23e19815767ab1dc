import fc from "fast-check";
import { expect, it } from "vitest";
import { stringify } from "yaml";
import { METRIC_RULES } from "../../core/acts/project.ts";
import { SlipwayError } from "../../core/errors.ts";
import { checkGate } from "../../core/gates/check-gate.ts";
import { evaluateMetrics } from "../../core/metrics/evaluate.ts";
import { evaluateOptions } from "../../core/metrics/evaluate-options.ts";
import type { Scored } from "../../core/metrics/scored.ts";
import type { SourceTree } from "../../core/source/tree.ts";
import { askedGate } from "../../core/spec/floors.ts";
import { loadProject, type Project } from "../../core/spec/project.ts";
import type { Gate } from "../../schemas/gate.ts";
import type { BuiltinMetric } from "../../schemas/metric-spec.ts";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { Floor, Policy } from "../../schemas/policy.ts";
import { randomNumbers } from "../../tools/coverage/random-numbers.ts";
import { evaluation, FIRST_TRY } from "../gates/evidence.ts";
import { classified } from "../metrics/rows.ts";

/** The policy and one spec, as files of a commit. */
function treeOf(files: Record<string, string>): SourceTree {
  const read = async (path: string) => (Object.hasOwn(files, path) ? Buffer.from(files[path] as string) : undefined);
  const never = () => Promise.reject(new Error("a check reads the policy and the specs alone"));
  return {
    commit: "c".repeat(40),
    folders: async () => ["churn"],
    read,
    readMany: (paths) => Promise.all(paths.map(read)),
    blobs: async (paths) => paths.map((path) => (Object.hasOwn(files, path) ? "b".repeat(40) : undefined)),
    ...{ list: never, place: never, export: never },
  };
}

const loaded = (policy: Policy, spec: object): Promise<Project> =>
  loadProject(treeOf({ "slipway.yaml": stringify(policy), "models/churn/model.yaml": stringify(spec) }), METRIC_RULES);

const CLASSES = ["high", "low"];

/** Test rows and what a model said of them: labels, predictions, a ranking and two regions. */
function rowsOf(seed: number, n: number): Scored {
  const random = randomNumbers(seed);
  const labels = random.many(n, () => (random.chance(0.7) ? "low" : "high"));
  const predictions = labels.map((label) => (random.chance(0.75) ? label : random.chance(0.8) ? "low" : "high"));
  const scores = labels.map((label) => random.normal() + (label === "high" ? 0.5 : 0));
  const region = labels.map(() => (random.chance(0.5) ? "north" : "south"));
  return classified(labels, predictions, {
    scores: { values: Float64Array.from(scores) },
    slices: { region },
    own: { floored: new Float64Array(n).fill(1) },
  });
}

const positive = fc.constantFrom<string | number | undefined>(undefined, "high", "low", 1);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const plain = <T extends object>(value: T): T => JSON.parse(JSON.stringify(value));

const shares = {
  average: maybe(fc.constantFrom("binary", "macro", "micro", "weighted", "none")),
  pos_label: maybe(fc.constantFrom("high", "low")),
  labels: maybe(fc.constantFrom(["low"], ["high"], CLASSES)),
  zero_division: maybe(fc.constantFrom(0, 1, "nan")),
};
const metric = fc
  .oneof(
    fc.record({ metric: fc.constant("accuracy_score"), normalize: maybe(fc.boolean()) }),
    fc.record({ metric: fc.constant("balanced_accuracy_score"), adjusted: maybe(fc.boolean()) }),
    fc.record({ metric: fc.constantFrom("recall_score", "precision_score", "f1_score"), ...shares }),
    fc.record({ metric: fc.constant("fbeta_score"), beta: fc.constantFrom(0, 1, 2), ...shares }),
    fc.record({
      metric: fc.constant("roc_auc_score"),
      max_fpr: maybe(fc.constantFrom(0.1, 0.5)),
      multi_class: maybe(fc.constantFrom("ovr", "ovo")),
      average: maybe(fc.constantFrom("macro", "micro")),
    }),
    fc.record({ metric: fc.constant("average_precision_score"), pos_label: maybe(fc.constantFrom("high", "low")) }),
    fc.record({
      metric: fc.constant("cohen_kappa_score"),
      labels: maybe(fc.constantFrom(["low", "high"], CLASSES)),
      replace_undefined_by: maybe(fc.constantFrom(1, -1)),
    }),
  )
  .map((each) => plain(each) as BuiltinMetric);

const asks = fc.record({
  "at-least": fc.constantFrom(0, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
  slice: maybe(fc.constant({ region: "north" })),
  class: maybe(fc.constantFrom(...CLASSES)),
  confidence: maybe(fc.constantFrom(0.6, 0.9)),
  "min-rows": maybe(fc.constantFrom(1, 5, 15, 25)),
});
const task = fc.constantFrom("classification", "regression", "custom");

/** Mostly the first, so that check accepts many specs; sometimes any other. */
const mostly = <T>(usual: T, other: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });
const AS_ASKED = "as the policy has it" as const;

const world = fc
  .record({
    rows: fc.record({ seed: fc.nat(50), n: fc.constantFrom(1, 4, 9, 10, 24) }),
    asked: metric,
    floor: asks,
    floorTask: mostly<string | undefined>(undefined, fc.constantFrom("classification", "custom")),
    override: fc.record({
      task: mostly<string | undefined>(undefined, task),
      positive,
      metric: mostly<BuiltinMetric | undefined>(undefined, metric),
    }),
    spec: fc.record({
      task: mostly("classification", task),
      positive: mostly<string | number | undefined>(AS_ASKED, positive),
      metric: mostly<object | typeof AS_ASKED>(
        AS_ASKED,
        fc.oneof(
          fc.record({ normalize: maybe(fc.boolean()), ...shares }).map(plain),
          metric,
          fc.constant({ run: "node score.mjs", "greater-is-better": true }),
        ),
      ),
      gates: mostly<object[]>([], fc.array(asks, { maxLength: 2 })),
      slices: mostly<string[]>(["region"], fc.constant([])),
      seed: fc.nat(3),
    }),
  })
  .map(({ rows, asked, floor, floorTask, override, spec }) => {
    const said = override.metric ?? asked;
    const byClass = "average" in said && said.average === "none";
    const named = byClass ? (floor.class ?? "low") : undefined;
    const floored = plain({ metric: "floored", ...floor, class: named, task: floorTask }) as Floor;
    const own = {
      ...{ task: override.task, positive: override.positive },
      metrics: override.metric && { floored: override.metric },
    };
    const policy = plain({
      slipway: 1,
      metrics: { floored: asked },
      gates: { production: [floored] },
      overrides: { churn: own },
    }) as Policy;
    const edited = spec.metric === AS_ASKED ? said : (spec.metric as object);
    const measured = "metric" in edited || "run" in edited ? edited : { ...said, ...edited };
    const chosen = spec.positive === AS_ASKED ? override.positive : spec.positive;
    const model = plain({
      slipway: 1,
      task: spec.task,
      data: {
        ...{ train: "train.csv", test: "test.csv" },
        label: chosen === undefined ? "churned" : { column: "churned", positive: chosen },
      },
      train: { run: "node train.mjs", seed: spec.seed },
      predict: { run: "node predict.mjs" },
      metrics: { floored: measured },
      slices: spec.slices,
      gates: { production: spec.gates.map((gate) => ({ metric: "floored", ...gate })) },
    });
    return { rows, policy, said, floor: floored, model };
  });

/** What the floor says, read by itself: the policy's metric and positive class, on the rows that it speaks of. */
function passesAsRead({
  rows,
  policy,
  said,
  floor,
}: {
  rows: { seed: number; n: number };
  policy: Policy;
  said: BuiltinMetric;
  floor: Floor;
}): boolean {
  const { confidence, class: named, slice } = floor;
  const asked = policy.overrides?.["churn"]?.positive;
  const scored = { ...rowsOf(rows.seed, rows.n), ...(asked === undefined ? {} : { positive: String(asked) }) };
  const { metrics, slices } = evaluateMetrics(scored, {
    ...{ metrics: { it: said }, slices: [], filters: slice ? [slice] : [], resamples: 1_000, seed: 0 },
    levels: confidence === undefined ? [] : [1 - confidence],
  });
  const place = slice ? slices[0] : { rows: rows.n, metrics };
  if (place === undefined || place.rows < (floor["min-rows"] ?? 10)) return false;
  const whole = place.metrics["it"];
  const value = named === undefined ? whole : whole?.classes?.find((each) => each.class === named);
  const bounds = [value?.value, ...(confidence === undefined ? [] : [value?.intervals?.[0]?.low])];
  return bounds.every((bound) => typeof bound === "number" && bound >= (floor["at-least"] ?? 0) - 1e-9);
}

/** What is decided of a model that check accepts; undefined where its run would fail, so that there is nothing to decide on. */
function decided(project: Project, rows: { seed: number; n: number }): "pass" | "not" {
  const model = project.models.get("churn");
  if (model === undefined) throw new Error("check does not accept it");
  const { spec } = model;
  const gates = project.effectiveGates(model, "production");
  try {
    const found = evaluateMetrics(
      asTheSpecHasIt(rowsOf(rows.seed, rows.n), spec),
      evaluateOptions(
        spec,
        gates.map(({ gate }) => gate),
      ),
    );
    const measured = evaluation(found.metrics, {
      slices: found.slices,
      test: { sha256: "a".repeat(64), rows: rows.n, files: [] },
    });
    const results = gates.map((gate) =>
      checkGate(askedGate(gate), {
        evaluation: measured,
        comparisons: [],
        tries: [{ ...FIRST_TRY, budget: 1, level: 1 }],
      }),
    );
    return results.every(({ verdict }) => verdict === "pass") ? "pass" : "not";
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    return "not";
  }
}

function asTheSpecHasIt(scored: Scored, { task, data }: ModelSpec): Scored {
  const own = typeof data.label === "object" ? data.label.positive : undefined;
  return { ...scored, task, ...(own === undefined ? {} : { positive: String(own) }) };
}

it("lets no spec that check accepts make a floor easier than it reads", async () => {
  const seen = { accepted: 0, passed: 0 };
  await fc.assert(
    fc.asyncProperty(world, async ({ rows, policy, said, floor, model }) => {
      const project = await loaded(policy, model);
      if (project.problems.length > 0) return;
      seen.accepted++;
      const { task: pinned } = policy.overrides?.["churn"] ?? {};
      const holds = floor.task === undefined || pinned === undefined || pinned === floor.task;
      if (!holds || decided(project, rows) !== "pass") return;
      seen.passed++;
      expect(passesAsRead({ rows, policy, said, floor })).toBe(true);
    }),
    { numRuns: 2_000, seed: 9 },
  );
  // Neither refuses everything, nor accepts what it never decides.
  expect(seen.accepted).toBeGreaterThan(150);
  expect(seen.passed).toBeGreaterThan(15);
}, 60_000);

it("passes no version that was measured otherwise, whatever it was registered with", async () => {
  const floor: Gate = { metric: "floored", "at-least": 0.6 };
  const definition = { function: "accuracy_score", arguments: {} };
  await fc.assert(
    fc.asyncProperty(metric, fc.nat(50), async (measured, seed) => {
      let metrics: ReturnType<typeof evaluateMetrics>["metrics"];
      try {
        metrics = evaluateMetrics(rowsOf(seed, 20), {
          metrics: { floored: measured },
          slices: [],
          levels: [],
        }).metrics;
      } catch {
        return;
      }
      const { verdict } = checkGate(
        { gate: floor, origin: "policy", definition },
        { evaluation: evaluation(metrics), comparisons: [], tries: [] },
      );
      const isAccuracy = measured.metric === "accuracy_score" && measured.normalize !== false;
      if (!isAccuracy) expect(verdict).toBe("inconclusive");
    }),
    { numRuns: 500, seed: 4 },
  );
});
