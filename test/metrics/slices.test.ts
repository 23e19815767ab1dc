import { expect, it } from "vitest";
import { evaluateMetrics } from "../../core/metrics/evaluate.ts";
import { asking, classified } from "./rows.ts";

const penguins = classified(["a", "b", "a", "b", "a"], ["a", "b", "b", "b", "a"], {
  slices: { island: ["Torgersen", "Dream", "Dream", null, "Dream"], sex: ["f", "f", "m", "m", "f"] },
});
const accuracy = { metric: "accuracy_score" } as const;

it("evaluates each value of a slice column, in order, and leaves rows without one out", () => {
  expect(evaluateMetrics(penguins, asking(accuracy, { slices: ["island"] })).slices).toMatchObject([
    { slice: { island: "Dream" }, rows: 3, metrics: { it: { value: 2 / 3 } } },
    { slice: { island: "Torgersen" }, rows: 1, metrics: { it: { value: 1 } } },
  ]);
});

it("evaluates a slice of two columns that a gate asks for", () => {
  const filters = [{ island: "Dream", sex: "f" }];
  expect(evaluateMetrics(penguins, asking(accuracy, { filters })).slices).toMatchObject([
    { slice: { island: "Dream", sex: "f" }, rows: 2, metrics: { it: { value: 1 } } },
  ]);
});

it("gives a slice that holds no rows no value", () => {
  const found = evaluateMetrics(penguins, asking(accuracy, { filters: [{ island: "Biscoe" }] })).slices[0];
  expect(found).toMatchObject({ rows: 0, metrics: { it: { value: null, reason: "no rows" } } });
});

it("gives a slice that lacks what a metric needs no value, and keeps the whole", () => {
  const metric = { metric: "cohen_kappa_score", labels: ["a"] } as const;
  const options = {
    ...asking(accuracy, { filters: [{ sex: "m", island: "Dream" }] }),
    metrics: { kappa: { ...metric, labels: ["b", "c"] } },
  };
  const found = evaluateMetrics(penguins, options);
  expect(found.slices[0]?.metrics["kappa"]).toMatchObject({
    value: null,
    reason: expect.stringContaining("true label"),
  });
});

it("refuses a slice column that the test data do not have", () => {
  expect(() => evaluateMetrics(penguins, asking(accuracy, { slices: ["iland"] }))).toThrow(/no slice column iland/);
});
