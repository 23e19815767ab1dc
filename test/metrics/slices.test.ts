import { expect, it } from "vitest";
import { compareMetrics } from "../../core/metrics/compare.ts";
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

it("evaluates a slice once, however often columns and gates ask for it", () => {
  const filters = [{ sex: "f" }, { island: "Dream", sex: "f" }, { sex: "f", island: "Dream" }];
  const options = asking(accuracy, { slices: ["sex"], filters });
  const asked = [{ sex: "f" }, { sex: "m" }, { island: "Dream", sex: "f" }];
  expect(evaluateMetrics(penguins, options).slices.map(({ slice }) => slice)).toEqual(asked);
  expect(compareMetrics(penguins, penguins, options).slices.map(({ slice }) => slice)).toEqual(asked);
});

it("takes a gate's number for the text that a column holds", () => {
  const rings = classified(["a", "b"], ["a", "b"], { slices: { ring: ["1", "2"] } });
  const { slices } = evaluateMetrics(rings, asking(accuracy, { slices: ["ring"], filters: [{ ring: 1 }] }));
  expect(slices).toMatchObject([
    { slice: { ring: "1" }, rows: 1 },
    { slice: { ring: "2" }, rows: 1 },
  ]);
});

it.each([
  ["a number for text, beside another column", ["1", "2"], { ring: 1, sex: "f" }, { ring: "1", sex: "f" }, 1],
  ["text for a number", [1, 2], { ring: "1.0", sex: "f" }, { ring: 1, sex: "f" }, 1],
  ["text for true", [true, false], { ring: "true", sex: "f" }, { ring: true, sex: "f" }, 1],
  [
    "no number for one that is written in another way",
    ["1.10", "1.1"],
    { ring: 1.1, sex: "f" },
    { ring: "1.1", sex: "f" },
    1,
  ],
  ["no whole number for text with a fraction", ["1.0", "x"], { ring: 1, sex: "f" }, { ring: 1, sex: "f" }, 0],
])("takes in a filter %s", (_, ring, filter, slice, rows) => {
  const rings = classified(["a", "b"], ["a", "b"], { slices: { ring, sex: ["f", "f"] } });
  const found = evaluateMetrics(rings, asking(accuracy, { filters: [filter] as never }));
  expect(found.slices).toMatchObject([{ slice, rows }]);
});

it("keeps two filters apart that one column's values tell apart", () => {
  const rings = classified(["a", "b"], ["a", "b"], { slices: { ring: ["1", "1.0"] } });
  const { slices } = evaluateMetrics(rings, asking(accuracy, { filters: [{ ring: 1 }, { ring: "1.0" }] }));
  expect(slices).toMatchObject([
    { slice: { ring: "1" }, rows: 1 },
    { slice: { ring: "1.0" }, rows: 1 },
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
