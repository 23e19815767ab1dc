import { describe, expect, it } from "vitest";
import type { Scored } from "../../core/metrics/scored.ts";
import { servedDifferences } from "../../core/metrics/served-differences.ts";

const scored = (task: Scored["task"], predictions: Scored["predictions"], rest: Partial<Scored> = {}): Scored => ({
  ...{ task, predictions, labels: [], slices: {}, own: {} },
  ids: predictions.map((_, row) => `r${row}`),
  ...rest,
});
const probabilities = (...values: number[]) => ({
  probabilities: { classes: ["a", "b"], values: Float64Array.from(values) },
});

describe("what is served and what was predicted", () => {
  it.each<[string, Scored, Scored, number[]]>([
    ["equal classes", scored("classification", ["a", 1, true]), scored("classification", ["a", 1, true]), []],
    ["another class", scored("classification", ["a", "b"]), scored("classification", ["a", "c"]), [1]],
    ["classes that are near numbers", scored("classification", [1]), scored("classification", [1 + 1e-9]), [0]],
    ["numbers that differ by rounding", scored("regression", [0, 1e6]), scored("regression", [1e-6, 1e6 + 1]), []],
    ["numbers that differ by more", scored("regression", [0, 1e6]), scored("regression", [1.1e-6, 1e6 + 1.1]), [0, 1]],
    ["texts of one number, of a task without labels", scored("custom", ["5.0"]), scored("custom", ["5"]), []],
    ["other texts, of a task without labels", scored("custom", ["5.0", " "]), scored("custom", ["x", ""]), [0, 1]],
    [
      "another probability",
      scored("classification", ["a", "a"], probabilities(0.6, 0.4, 0.7, 0.3)),
      scored("classification", ["a", "a"], probabilities(0.6, 0.4, 0.6, 0.4)),
      [1],
    ],
  ])("%s", (_, predicted, served, rows) => {
    expect(servedDifferences(predicted, served)).toEqual({ columns: [], rows });
  });

  it("have the same columns", () => {
    const bare = scored("classification", ["a"]);
    const whole = scored("classification", ["a"], probabilities(0.5, 0.5));
    expect(servedDifferences(whole, bare).columns).toEqual(["proba_a", "proba_b"]);
    expect(servedDifferences(bare, whole).columns).toEqual(["proba_a", "proba_b"]);
    const ranked = scored("classification", ["a"], { scores: { values: Float64Array.from([1]) } });
    expect(servedDifferences(ranked, bare).columns).toEqual(["score"]);
  });
});
